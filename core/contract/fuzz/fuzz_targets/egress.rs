//! Any three lines as a path pattern, a path and an address.
#![no_main]

use beacon_contract::{OriginPattern, PathPattern, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|lines: &str| {
    let mut lines = lines.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (pattern, path, address) = (line(), line(), line());
    if let Ok(pattern) = PathPattern::new(pattern)
        && pattern.matches(path)
    {
        assert!(path.starts_with('/') && !path.contains(['\\', '%']));
        assert!(path.split('/').skip(1).all(|segment| !matches!(segment, "" | "." | "..")), "one reading only");
    }
    let settings = Settings::default();
    if let Some(origin) = OriginPattern::Exact(address.to_owned()).exact_origin(&settings) {
        let authority = origin.strip_prefix("https://").expect("nothing else is an origin");
        assert!(!authority.contains(['@', '/', '?', '#', '\\', ' ', '+', '\t']) && authority.is_ascii());
        assert!(OriginPattern::Exact(origin.clone()).matches(&origin, &settings), "an origin is its own");
        let suffix = OriginPattern::Suffix(pattern.to_owned());
        assert!(!suffix.matches(&origin, &settings) || (pattern.starts_with('.') && authority.ends_with(pattern)));
    }
});
