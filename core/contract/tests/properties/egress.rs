//! Path and origin patterns.

use beacon_contract::{OriginPattern, PathPattern, Settings};
use proptest::prelude::*;

const SEGMENT: &str = "[a-zA-Z0-9.'()=_-]{0,3}[a-z0-9]";

/// What a path may not hold, because two readers may disagree about it.
fn two_readings() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", ".", "..", "a%2fb", "%2e%2e", "a\\b"])
}

fn joined(segments: &[String]) -> String {
    segments.iter().map(|segment| format!("/{segment}")).collect()
}

proptest! {
    #[test]
    fn any_pattern_and_any_path_end_without_panic(pattern in "[/*a%.\\\\é]{0,12}", path in "[/*a%.\\\\é]{0,12}") {
        if let Ok(pattern) = PathPattern::new(pattern.as_str()) {
            let fits = pattern.matches(&path);
            prop_assert!(!fits || !path.contains(['%', '\\']) && !path.contains("//") && path.starts_with('/'));
            let text = serde_json::to_string(&pattern).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<PathPattern>(&text).expect("a pattern"), pattern);
        } else {
            prop_assert!(serde_json::from_value::<PathPattern>(pattern.into()).is_err());
        }
    }

    /// A star stands for one segment, two stars at the end for one or more, everything else for itself.
    #[test]
    fn stars_stand_for_segments(segments in prop::collection::vec((SEGMENT, any::<bool>()), 1..5), more in prop::collection::vec(SEGMENT, 1..3)) {
        let path: Vec<_> = segments.iter().map(|(segment, _)| segment.clone()).collect();
        let starred: Vec<_> = segments.iter().map(|(segment, star)| if *star { "*".to_owned() } else { segment.clone() }).collect();
        let exact = PathPattern::new(joined(&starred)).expect("a pattern");
        let open = PathPattern::new(format!("{}/**", joined(&starred))).expect("a pattern");
        let longer = joined(&[path.clone(), more].concat());
        let path = joined(&path);
        prop_assert!(exact.matches(&path));
        prop_assert!(!exact.matches(&longer));
        prop_assert!(!open.matches(&path));
        prop_assert!(open.matches(&longer));
    }

    #[test]
    fn a_path_with_two_readings_fits_nowhere(before in prop::collection::vec(SEGMENT, 0..3), odd in two_readings(), after in prop::collection::vec(SEGMENT, 0..3)) {
        let path = joined(&[before, vec![odd.to_owned()], after].concat());
        let all = PathPattern::new("/**").expect("a pattern");
        prop_assert!(!all.matches(&path), "{}", path);
        if let Ok(itself) = PathPattern::new(path.as_str()) {
            prop_assert!(!itself.matches(&path), "{}", path);
        }
    }

    #[test]
    fn an_origin_is_plain_and_stays_what_it_is(address in "(?i)https://[a-z0-9@.:/?#\\[\\]\\\\é+ -]{0,20}") {
        let settings = Settings::default();
        if let Some(origin) = OriginPattern::Exact(address).exact_origin(&settings) {
            let authority = origin.strip_prefix("https://").expect("nothing else is an origin");
            prop_assert!(!authority.is_empty() && !authority.contains(['@', '/', '?', '#', '\\', ' ', '+']));
            prop_assert_eq!(authority.to_ascii_lowercase(), authority);
            prop_assert!(!origin.ends_with(":443"));
            prop_assert!(OriginPattern::Exact(origin.clone()).matches(&origin, &settings));
            let mut typed = Settings::default();
            typed.set("root", format!("{origin}/path"));
            prop_assert!(OriginPattern::Setting("root".parse().expect("a field")).matches(&origin, &typed));
        }
    }

    #[test]
    fn a_suffix_takes_only_longer_hosts_on_the_standard_port(suffix in "[.a-z]{0,6}", host in "[.a-z]{0,8}", port in prop::option::of(1u16..)) {
        let port = port.filter(|port| *port != 443);
        let origin = port.map_or_else(|| format!("https://{host}"), |port| format!("https://{host}:{port}"));
        let fits = OriginPattern::Suffix(suffix.clone()).matches(&origin, &Settings::default());
        prop_assert_eq!(fits, suffix.starts_with('.') && suffix.len() > 1 && host.ends_with(&suffix) && port.is_none());
    }
}
