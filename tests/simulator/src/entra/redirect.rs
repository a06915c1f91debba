//! Redirect addresses: when two are the same, and how an answer is attached to one.

use url::Url;

/// The registered native-client page, whose exact address includes its host.
pub(crate) const NATIVE_CLIENT: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";

fn is_loopback(address: &Url) -> bool {
    matches!(address.host_str(), Some("localhost" | "127.0.0.1"))
}

/// Exact comparison, path case included; only the port of an `http` loopback address does not count, and an address
/// without a path equals the one with `/`.
pub(crate) fn matches(registered: &str, requested: &str) -> bool {
    let native = registered == NATIVE_CLIENT;
    let (Ok(registered), Ok(requested)) = (Url::parse(registered), Url::parse(requested)) else { return false };
    // This site stands for Microsoft's own, whatever its name here.
    if native && requested.scheme() == "https" && is_loopback(&requested) {
        return requested.path() == registered.path() && requested.query().is_none();
    }
    let ports_agree = registered.port_or_known_default() == requested.port_or_known_default()
        || (registered.scheme() == "http" && is_loopback(&registered));
    registered.scheme() == requested.scheme()
        && registered.host_str() == requested.host_str()
        && ports_agree
        && registered.path() == requested.path()
        && registered.query() == requested.query()
        && requested.fragment().is_none()
        && requested.username().is_empty()
}

/// How the answer travels (`response_mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// The address with the answer attached. A query answer ends in an empty fragment, as Microsoft's does, so that a
/// fragment of an earlier page is not carried along.
pub(crate) fn attach(redirect: &str, mode: ResponseMode, answer: &[(&str, String)]) -> String {
    let Ok(mut address) = Url::parse(redirect) else { return redirect.to_owned() };
    if mode == ResponseMode::Query {
        address.query_pairs_mut().extend_pairs(answer);
        address.set_fragment(Some(""));
    } else {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
        address.set_fragment(Some(&encoded));
    }
    address.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_match_by_the_portals_rules() {
        let cases = [
            ("http://localhost", "http://localhost", true),
            ("http://localhost", "http://localhost/", true),
            ("http://localhost", "http://localhost:5123", true),
            ("http://localhost", "http://localhost:5123/", true),
            ("http://localhost:1000", "http://localhost:5123", true),
            ("http://localhost/MyApp", "http://localhost:5123/MyApp", true),
            ("http://localhost/MyApp", "http://localhost:5123/myapp", false),
            ("http://localhost/MyApp", "http://localhost:5123/MyApp/", false),
            ("http://localhost", "http://localhost:5123/callback", false),
            ("http://localhost", "http://127.0.0.1:5123", false),
            ("http://127.0.0.1", "http://127.0.0.1:5123", true),
            ("http://localhost", "https://localhost", false),
            ("https://localhost/x", "https://localhost:8443/x", false),
            ("https://app.example/cb", "https://app.example/cb", true),
            ("https://app.example/cb", "https://app.example:443/cb", true),
            ("https://app.example/cb", "https://app.example:444/cb", false),
            ("https://app.example/cb", "https://app.example/cb?a=b", false),
            ("https://app.example/cb", "https://app.example.evil.example/cb", false),
            ("https://app.example/cb", "https://u@app.example/cb", false),
            ("https://app.example/cb", "https://app.example/cb#f", false),
            (NATIVE_CLIENT, NATIVE_CLIENT, true),
            (NATIVE_CLIENT, "https://login.microsoftonline.com/common/oauth2/NativeClient", false),
            ("http://localhost", "not an address", false),
        ];
        for (registered, requested, expected) in cases {
            assert_eq!(matches(registered, requested), expected, "{registered} against {requested}");
        }
    }

    #[test]
    fn answers_are_attached_as_microsoft_does() {
        let answer = [("code", "1.A/b".to_owned()), ("state", "x y".to_owned())];
        assert_eq!(
            attach("http://localhost:5123", ResponseMode::Query, &answer),
            "http://localhost:5123/?code=1.A%2Fb&state=x+y#"
        );
        assert_eq!(
            attach("https://app.example/cb", ResponseMode::Fragment, &answer),
            "https://app.example/cb#code=1.A%2Fb&state=x+y"
        );
    }
}
