//! A mail of plain text (RFC 5322, RFC 2045): headers in ASCII, the text in base64, so that every relay takes it.

use crate::digest::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Characters of one line of base64 (RFC 2045, section 6.8).
const LINE: usize = 76;

/// Characters of one piece of a subject: with its frame it stays within the 75 of an encoded word (RFC 2047).
const SUBJECT_PIECE: usize = 30;

/// The mail, as it is handed to the server.
pub(crate) fn written(digest: &Digest, from: &str, to: &[String]) -> Vec<u8> {
    // The part behind the `@` makes the id ours; it need not resolve.
    let id = format!("<{}@{}>", digest.id, from.rsplit('@').next().unwrap_or("beacon"));
    let date = digest.at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut mail = format!(
        "From: {from}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: {id}\r\nAuto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        to.join(",\r\n "),
        subject(&digest.subject()),
    );
    let encoded = STANDARD.encode(digest.text().replace('\n', "\r\n"));
    for line in encoded.as_bytes().chunks(LINE) {
        mail.push_str(&String::from_utf8_lossy(line));
        mail.push_str("\r\n");
    }
    mail.into_bytes()
}

/// A subject as it is, or in encoded words if it is long or holds more than ASCII. A name of a connection holds no
/// control character, so that no header can be added by one.
fn subject(text: &str) -> String {
    if text.len() <= LINE - 9 && text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return text.to_owned();
    }
    let mut pieces = vec![String::new()];
    for character in text.chars().filter(|character| !character.is_control()) {
        if pieces.last().is_some_and(|piece| piece.len() + character.len_utf8() > SUBJECT_PIECE) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    let words = pieces.iter().map(|piece| format!("=?utf-8?B?{}?=", STANDARD.encode(piece)));
    words.collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::{subject, written};
    use crate::digest::Digest;
    use jiff::Timestamp;

    #[test]
    fn a_mail_is_ascii_with_short_lines() {
        let digest = Digest::test("id".to_owned(), "beacon".to_owned(), Timestamp::UNIX_EPOCH);
        let to = ["a@example.com".to_owned(), "b@example.com".to_owned()];
        let mail = String::from_utf8(written(&digest, "beacon@example.com", &to)).unwrap();
        assert!(mail.is_ascii());
        assert!(mail.lines().all(|line| line.len() < 100), "{mail}");
        assert!(mail.contains("To: a@example.com,\r\n b@example.com\r\n"), "{mail}");
        assert!(mail.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"), "{mail}");
        assert!(mail.contains("Message-ID: <id@example.com>\r\n"), "{mail}");
    }

    #[test]
    fn a_subject_of_other_letters_is_encoded_and_adds_no_header() {
        assert_eq!(subject("beacon: Contoso is failing"), "beacon: Contoso is failing");
        assert_eq!(subject("Zürich"), "=?utf-8?B?WsO8cmljaA==?=");
        let long = subject(&"ü".repeat(60));
        assert!(long.split("\r\n ").all(|word| word.len() <= 75), "{long}");
        assert!(!subject("a\r\nBcc: x").contains("\r\nBcc"));
    }
}
