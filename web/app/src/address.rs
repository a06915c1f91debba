//! The query of an address: `name=value` pairs, read and written. Knows nothing of what they mean.

/// The pairs of a query with or without its question mark, in their order.
pub(crate) fn read(query: &str) -> Vec<(String, String)> {
    let parts = query.trim_start_matches('?').split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// A query that [`read`] reads back to these pairs, without a question mark.
pub(crate) fn written<N: AsRef<str>>(pairs: &[(N, String)]) -> String {
    let parts = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name.as_ref()), encoded(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// A path with these pairs behind it, if there are any.
pub(crate) fn with<N: AsRef<str>>(path: &str, pairs: &[(N, String)]) -> String {
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", written(pairs)) }
}

/// Escapes everything but what RFC 3986 calls unreserved, and what is harmless in a query and read better as it is.
fn encoded(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:,@".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

/// What people type is taken as it is: a `%` that escapes nothing stands for itself, a `+` for a blank.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| behind.get(..2)).flatten().and_then(hexadecimal);
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*digits.get(place)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let values = ["", "plain", "R&D = 100 %+ |\\", "Zoë 日本", "a/b:c,d@e", "?#", "%41"];
        let pairs: Vec<_> = values.iter().map(|value| (format!("filter.{value}"), (*value).to_owned())).collect();
        assert_eq!(read(&written(&pairs)), pairs);
        assert_eq!(read(&format!("?{}", written(&pairs))), pairs);
    }

    #[test]
    fn addresses_stay_readable() {
        let pairs = [("sort", "-display_name".to_owned()), ("open", "7/a@b.test".to_owned())];
        assert_eq!(with("/data/users", &pairs), "/data/users?sort=-display_name&open=7/a@b.test");
        assert_eq!(with::<&str>("/data/users", &[]), "/data/users");
    }

    #[test]
    fn what_people_type_is_taken_as_it_is() {
        let read = read("?search=100%&b=%zz%4&c&d=x+y&&e=%E4");
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("search", "100%"), ("b", "%zz%4"), ("c", ""), ("d", "x y"), ("e", "\u{fffd}")]);
    }
}
