//! Error bodies. Tolerant: what answers may be a gateway in HTML, nothing at all, or an error inside an error.

use beacon_json::{Object, Tape};

/// What an error body tells, as far as it is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// For logic, for example `Authorization_RequestDenied`; empty if there is none.
    pub code: String,
    /// For people; not for logic.
    pub message: String,
    /// For Microsoft's support.
    pub request_id: Option<String>,
}

impl ErrorBody {
    /// Reads a body of any kind.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let text = std::str::from_utf8(body).unwrap_or_default();
        Tape::new().whole(text).map_or_else(|_| Self::default(), |body| Self::of(body.object()))
    }

    fn of(body: Object<'_>) -> Self {
        let error = body.object("error");
        let text = |name: &str| error.text(name).unwrap_or_default().to_owned();
        let id = |name: &str| {
            let inner = ["innerError", "innererror"].into_iter().find_map(|inner| error.object(inner).text(name));
            inner.map(str::to_owned)
        };
        let outer = Self {
            code: text("code"),
            message: text("message"),
            request_id: id("request-id").or_else(|| id("client-request-id")),
        };
        // The report service wraps the real error into the message of `UnknownError`, as JSON in a string.
        let inner = Self::read(outer.message.as_bytes());
        if inner.code.is_empty() {
            return outer;
        }
        Self { request_id: inner.request_id.or(outer.request_id), ..inner }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_every_kind() {
        for (body, code, id) in [
            ("", "", None),
            ("<html>502</html>", "", None),
            ("[]", "", None),
            (r#"{"error":"invalid"}"#, "", None),
            (r#"{"error":{"code":"","message":null}}"#, "", None),
            (r#"{"error":{"code":"A","message":"m","innerError":{"request-id":"r"}}}"#, "A", Some("r")),
            (r#"{"error":{"code":"A","innererror":{"client-request-id":"c"}}}"#, "A", Some("c")),
            (
                r#"{"error":{"code":"UnknownError","message":"{\"error\":{\"code\":\"S2SUnauthorized\",\"message\":\"Invalid permission.\"}}","innerError":{"request-id":"r"}}}"#,
                "S2SUnauthorized",
                Some("r"),
            ),
            (r#"{"error":{"code":"UnknownError","message":"{}"}}"#, "UnknownError", None),
        ] {
            let read = ErrorBody::read(body.as_bytes());
            assert_eq!((read.code.as_str(), read.request_id.as_deref()), (code, id), "{body}");
        }
    }

    #[test]
    fn nested_errors_end() {
        let mut body = r#"{"error":{"code":"innermost"}}"#.to_owned();
        for _ in 0..4 {
            let message = serde_json::to_string(&body).expect("a text");
            body = format!(r#"{{"error":{{"code":"UnknownError","message":{message}}}}}"#);
        }
        assert_eq!(ErrorBody::read(body.as_bytes()).code, "innermost");
    }
}
