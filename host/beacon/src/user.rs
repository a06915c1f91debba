//! The user of the operating system who typed a command line, as the audit trail names them.

use beacon_store::{Actor, ActorWay};

/// The longest name that is told.
const LONGEST: usize = 64;

/// Whoever started this process.
pub(crate) fn actor() -> Actor {
    named(&name().unwrap_or_default())
}

/// Whoever has this name.
pub(crate) fn named(name: &str) -> Actor {
    let name: String = name.chars().filter(|character| !character.is_control()).take(LONGEST).collect();
    let who = if name.is_empty() { "unknown".to_owned() } else { name };
    Actor { who, way: ActorWay::CommandLine, client: None }
}

/// By the number that the system knows this process by: a variable of the environment says whatever one likes.
#[cfg(unix)]
fn name() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let process = std::fs::metadata("/proc/self").or_else(|_| tempfile::tempfile()?.metadata());
    let id = process.ok()?.uid();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let found = users.lines().find_map(|line| named_in(line, id));
    // Users of a directory are in no file.
    Some(found.unwrap_or_else(|| format!("user {id}")))
}

#[cfg(unix)]
fn named_in(line: &str, id: u32) -> Option<String> {
    let mut fields = line.split(':');
    let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
    (number.parse() == Ok(id)).then(|| name.to_owned())
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the system tells the name of the user in no other way")]
fn name() -> Option<String> {
    std::env::var("USERNAME").ok()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_from_the_line_is_short_and_plain() {
        assert_eq!(named("ada\u{1b}[2J").who, "ada[2J");
        assert_eq!(named("").who, "unknown");
        assert_eq!(named(&"x".repeat(1_000)).who.len(), 64);
    }

    #[cfg(unix)]
    #[test]
    fn a_user_is_found_by_number() {
        assert_eq!(super::named_in("ada:x:1000:1000:Ada:/home/ada:/bin/sh", 1000).as_deref(), Some("ada"));
        assert_eq!(super::named_in("ada:x:1000:1000:Ada:/home/ada:/bin/sh", 100), None);
        assert_eq!(super::named_in("", 0), None);
    }
}
