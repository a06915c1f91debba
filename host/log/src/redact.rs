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
        let word = word_without_secrets(word, &clean);
        clean.push_str(&word);
        let next = after.find(|letter| !is_separator(letter)).unwrap_or(after.len());
        let quote = after.find(is_quote).filter(|at| *at < next).unwrap_or(next);
        let (before, quoted) = after.split_at(quote);
        clean.push_str(before);
        // A quoted value goes as a whole, however many words it has.
        if announced(&clean)
            && let Some((begin, end)) = quoted_value(quoted)
        {
            clean.push_str(begin);
            clean.push_str(SECRET);
            rest = end;
            continue;
        }
        let (separators, after) = after.split_at(next);
        clean.push_str(separators.get(quote..).unwrap_or_default());
        rest = after;
    }
    clean
}

/// What stands around a value: the quote that it begins with, and the text from the one that ends it. `None` if it is empty,
/// or does not end.
fn quoted_value(text: &str) -> Option<(&str, &str)> {
    let (begin, rest) = text.split_at_checked(1).filter(|(begin, _)| begin.starts_with(is_quote))?;
    let ends = rest.match_indices(begin).map(|(at, _)| rest.split_at(at));
    let (value, end) = ends.into_iter().find(|(value, _)| !value.ends_with('\\'))?;
    (!value.is_empty()).then_some((begin, end))
}

/// Whether a field of this name holds a credential.
pub(crate) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_one_of(&SECRET_NAMES, &name) || ["_password", "_secret", "_token"].iter().any(|end| name.ends_with(end))
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';')
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'')
}

fn is_quote_or_space(letter: char) -> bool {
    letter.is_whitespace() || is_quote(letter) || letter == '\\'
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

/// Whether what stands before a word says that a credential follows: `Bearer`, `password:`, `"client_secret":`,
/// `password="`, `authorization=Basic`.
fn announced(before: &str) -> bool {
    let before = before.trim_end_matches(is_quote_or_space);
    if let Some(name) = before.strip_suffix([':', '=']) {
        return is_one_of(&SECRET_NAMES, last_name(name.trim_end_matches(is_quote_or_space)));
    }
    let scheme = last_name(before);
    let name = before.strip_suffix(scheme).unwrap_or_default();
    let name = name.trim_end_matches(|letter| is_quote_or_space(letter) || matches!(letter, ':' | '='));
    scheme.eq_ignore_ascii_case("bearer")
        || scheme.eq_ignore_ascii_case("basic")
            && ["authorization", "proxy-authorization"].iter().any(|known| last_name(name).eq_ignore_ascii_case(known))
}

/// The word that a text ends with, without what stands before it as in `name=word`.
fn last_name(text: &str) -> &str {
    text.rsplit(|letter| is_separator(letter) || matches!(letter, '=' | ':' | '&' | '?' | '\\'))
        .next()
        .unwrap_or_default()
}

fn part_without_secrets(part: &str, is_parameter: bool) -> String {
    match part.split_once('=') {
        None if looks_signed(part) => SECRET.to_owned(),
        Some((name, value)) if !value.is_empty() && !value.starts_with(SECRET) => {
            let secret = is_one_of(&SECRET_NAMES, name) || (is_parameter && is_one_of(&SECRET_PARAMETERS, name));
            // How somebody signs in is no secret; what follows it is.
            let secret = secret && !["basic", "bearer"].iter().any(|scheme| scheme.eq_ignore_ascii_case(value));
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
            ("{\"authorization\": \"Basic YWJjZGVmZw==\"}", "{\"authorization\": \"(secret)\"}"),
            ("authorization=Basic YWJjZGVmZw==", "authorization=Basic (secret)"),
            ("password=\"hunter2 hunter2\" refused", "password=\"(secret)\" refused"),
            ("client_secret='x', next", "client_secret='(secret)', next"),
            ("title=\"{\\\"password\\\": \\\"hunter2hunter2\\\"}\"", "title=\"{\\\"password\\\": \\\"(secret)\""),
            ("password=\"\" was empty", "password=\"\" was empty"),
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
