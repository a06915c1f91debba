//! What somebody pasted where the address of a sign-in page's answer was asked for, told apart before it is sent.

/// Kinds of pasted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// Nothing.
    Nothing,
    /// An address with code and state.
    Answer,
    /// An address with an error.
    Refusal,
    /// A code without its address.
    BareCode,
    /// The address of the sign-in page itself.
    SignInPage,
    /// Anything else.
    Other,
}

impl Pasted {
    /// Tells a text apart.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let is_address = text.contains("://");
        // Without the host: Microsoft's begins with "login".
        let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let has = |name: &str| ['?', '&', '#'].iter().any(|sign| text.contains(&format!("{sign}{name}=")));
        if text.is_empty() {
            Self::Nothing
        } else if is_address && has("error") {
            Self::Refusal
        } else if is_address && has("code") && has("state") {
            Self::Answer
        } else if path.contains("/authorize") || path.contains("/login") {
            Self::SignInPage
        } else if !is_address && text.len() > 40 && !text.contains(char::is_whitespace) {
            Self::BareCode
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pasted;

    #[test]
    fn addresses_codes_and_errors_are_told_apart() {
        let native = "https://login.microsoftonline.com/common/oauth2/nativeclient";
        let cases = [
            ("", Pasted::Nothing),
            (&format!(" {native}?code=1.AX&state=s\n"), Pasted::Answer),
            (&format!("{native}#code=1.AX&state=s"), Pasted::Answer),
            (&format!("{native}?error=access_denied&error_description=AADSTS65004&state=s"), Pasted::Refusal),
            (&format!("{native}?code=1.AX"), Pasted::Other),
            ("1.AXURzI6izoQSkfMK82_72eZ74IgU_TR-6BFHSa5Fz6iw_g-MP", Pasted::BareCode),
            ("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x", Pasted::SignInPage),
            ("hello", Pasted::Other),
        ];
        for (text, expected) in cases {
            assert_eq!(Pasted::of(text), expected, "{text}");
        }
    }
}
