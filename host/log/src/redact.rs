//! Taking out of a text what no log may hold, whoever wrote it: addresses of people, tokens, values of secrets.
//!
//! The rooms of this house log none of it. This is the net below them, for what libraries and servers say.

/// What stands in place of an address of a person.
const ADDRESS: &str = "(address)";
/// What stands in place of a credential.
pub(crate) const SECRET: &str = "(secret)";

/// Names whose value is a credential, wherever they stand before `=` or `:`.
const SECRET_NAMES: [&str; 10] = [
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "client_assertion",
    "code_verifier",
    "device_code",
    "password",
    "authorization",
    "proxy-authorization",
];

/// Names that mean a credential in the query of an address only; elsewhere they are codes that people need.
const SECRET_PARAMETERS: [&str; 3] = ["code", "sig", "token"];

/// Shorter values after a colon are words of a sentence.
const SHORTEST: usize = 8;

/// The text without addresses of people, bearer tokens, signed tokens and values of secrets.
#[must_use]
pub fn redacted(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    // Word by word: what separates words is kept as it is.
    while !rest.is_empty() {
        let end = rest.find(is_separator).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let next = after.find(|letter| !is_separator(letter)).unwrap_or(after.len());
        let (separators, after) = after.split_at(next);
        let word = word_without_secrets(word, &clean);
        clean.push_str(&word);
        clean.push_str(separators);
        rest = after;
    }
    clean
}

/// Whether a field of this name holds a credential.
pub(crate) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_one_of(&SECRET_NAMES, &name) || ["_password", "_secret", "_token"].iter().any(|end| name.ends_with(end))
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';')
}

fn is_quote_or_space(letter: char) -> bool {
    letter.is_whitespace() || letter == '"'
}

fn word_without_secrets(word: &str, before: &str) -> String {
    if word.len() >= SHORTEST && announced(before) {
        return SECRET.to_owned();
    }
    let word = without_people(&without_user_information(word));
    // Also inside of an address: each of its parameters is a pair of its own.
    let mut clean = String::new();
    for (position, part) in word.split_inclusive(['&', '?', '#']).enumerate() {
        let (part, end) = match part.char_indices().last() {
            Some((at, '&' | '?' | '#')) => part.split_at(at),
            _ => (part, ""),
        };
        clean.push_str(&part_without_secrets(part, position > 0));
        clean.push_str(end);
    }
    clean
}

/// Whether what stands before a word says that a credential follows: `Bearer`, `password:`, `"client_secret":`.
fn announced(before: &str) -> bool {
    let before = before.trim_end_matches(is_quote_or_space);
    let last = |text: &str| text.rsplit(is_separator).next().unwrap_or_default().to_ascii_lowercase();
    match before.strip_suffix(':') {
        Some(name) => is_one_of(&SECRET_NAMES, &last(name.trim_end_matches(is_quote_or_space))),
        None => match last(before).as_str() {
            "bearer" => true,
            "basic" => before.to_ascii_lowercase().ends_with("authorization: basic"),
            _ => false,
        },
    }
}

fn part_without_secrets(part: &str, is_parameter: bool) -> String {
    match part.split_once('=') {
        None if looks_signed(part) => SECRET.to_owned(),
        Some((name, value)) if !value.is_empty() && !value.starts_with(SECRET) => {
            let secret = is_one_of(&SECRET_NAMES, name) || (is_parameter && is_one_of(&SECRET_PARAMETERS, name));
            if secret || looks_signed(value) { format!("{name}={SECRET}") } else { part.to_owned() }
        }
        _ => part.to_owned(),
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A signed token (RFC 7519): three long parts, the first of which is encoded JSON.
fn looks_signed(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() > 40 && word.matches('.').count() >= 1
}

/// An address like `https://name:password@host/` without what stands before its host.
fn without_user_information(word: &str) -> String {
    let found = || {
        let (front, rest) = word.split_at_checked(word.find("://")? + 3)?;
        let end = rest.find('/').unwrap_or(rest.len());
        let at = rest.get(..end)?.rfind('@').filter(|at| *at > 0)?;
        Some(format!("{front}{SECRET}{}", rest.get(at..)?))
    };
    found().unwrap_or_else(|| word.to_owned())
}

/// A word without the addresses of people in it: something, an at sign, and a name with a dot.
fn without_people(word: &str) -> String {
    let Some((at, sign)) = ["@", "%40"].iter().filter_map(|sign| Some((word.find(sign)?, *sign))).min() else {
        return word.to_owned();
    };
    let (before, after) = (word.get(..at).unwrap_or_default(), word.get(at + sign.len()..).unwrap_or_default());
    let front = before.trim_end_matches(is_local);
    let host = after.find(|letter| !is_of_host(letter)).unwrap_or(after.len());
    let host = after.get(..host).unwrap_or_default().trim_end_matches('.');
    let rest = without_people(after.get(host.len()..).unwrap_or_default());
    let is_person = front.len() < before.len() && host.contains('.');
    if is_person { format!("{front}{ADDRESS}{rest}") } else { format!("{before}{sign}{host}{rest}") }
}

/// What stands before the at sign; `#` for guests of a tenant.
fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '+' | '%' | '#' | '!' | '$' | '*' | '^' | '~')
}

fn is_of_host(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_and_credentials_go_and_the_rest_stays() {
        for (text, expected) in [
            ("imported 20 rows of contoso.onmicrosoft.com", "imported 20 rows of contoso.onmicrosoft.com"),
            ("Adele.Vance@contoso.com is disabled", "(address) is disabled"),
            ("account=adele@contoso.com, tenant=x", "account=(address), tenant=x"),
            ("\"upn\":\"adele@contoso.com\"", "\"upn\":\"(address)\""),
            ("user 'adele@contoso.com' from 'a@b'", "user '(address)' from 'a@b'"),
            ("Ask adele@contoso.com.", "Ask (address)."),
            ("authorization: Bearer abcdefghijk", "authorization: Bearer (secret)"),
            ("Authorization: abcdefghijk", "Authorization: (secret)"),
            ("https://x.test/?code=abc&state=1", "https://x.test/?code=(secret)&state=1"),
            ("https://x.test/first#token=1", "https://x.test/first#token=(secret)"),
            ("client_secret=hunter2 refused", "client_secret=(secret) refused"),
            ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "got (secret)"),
            ("proxy https://beacon:pass@proxy.test:8443 is down", "proxy https://(secret)@proxy.test:8443 is down"),
            ("error code: 50034, code=proxy.unreachable", "error code: 50034, code=proxy.unreachable"),
            ("{\"client_secret\": \"hunter2hunter2\"}", "{\"client_secret\": \"(secret)\"}"),
            ("the proxy wants basic authentication", "the proxy wants basic authentication"),
            ("authorization: Basic YWJjZGVmZw==", "authorization: Basic (secret)"),
            ("a_b.test#EXT#@contoso.com", "(address)"),
            ("GET https://graph.test/users/adele%40contoso.com/x", "GET https://graph.test/users/(address)/x"),
            ("https://graph.test/users?$filter=a@contoso.com&b=1", "https://graph.test/users?$filter=(address)&b=1"),
            ("@", "@"),
            ("", ""),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    proptest! {
        #[test]
        fn it_ends_and_does_the_same_twice(text in ".{0,200}") {
            let once = redacted(&text);
            prop_assert_eq!(redacted(&once), once.clone());
        }

        #[test]
        fn no_address_gets_through(name in "[a-z]{1,10}", text in "[ -~]{0,40}") {
            let address = format!("{name}@contoso.com");
            let line = format!("{text} {address} {text}");
            prop_assert!(!redacted(&line).contains(&address));
        }
    }
}
