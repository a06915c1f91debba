//! An entry as a message of RFC 5424.

use beacon_store::AuditEntry;
use serde_json::json;

/// Facility 13, log audit (section 6.2.1).
const FACILITY: u8 = 13;

/// Severities: normal but significant, and a warning.
const NOTICE: u8 = 5;
const WARNING: u8 = 4;

/// A longer entry is sent without its details: receivers must take 480 octets, should take 2048, and mostly take 8192.
const LONGEST: usize = 8_000;

/// The longest of a header's fields that may come from outside (section 6: HOSTNAME).
const LONGEST_HOST: usize = 255;

/// What is the same in all messages of this process.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    host: String,
    process: u32,
    installation: String,
}

impl Source {
    /// This machine, this process, and this data folder.
    pub(crate) fn new(host: &str, process: u32, installation: String) -> Self {
        let host: String = host.chars().filter(char::is_ascii_graphic).take(LONGEST_HOST).collect();
        let host = if host.is_empty() { "-".to_owned() } else { host };
        Self { host, process, installation }
    }

    /// The message of an entry: its header, no structured data (its names would need a number of an enterprise), and the
    /// entry as JSON without any byte that is not ASCII, so that no byte order mark is needed.
    pub(crate) fn message(&self, entry: &AuditEntry) -> Vec<u8> {
        let whole = self.with_details(entry, serde_json::from_str(&entry.details).unwrap_or_default());
        if whole.len() <= LONGEST { whole } else { self.with_details(entry, json!({ "left_out": true })) }
    }

    fn with_details(&self, entry: &AuditEntry, details: serde_json::Value) -> Vec<u8> {
        let severity = if entry.outcome == "done" || entry.erased { NOTICE } else { WARNING };
        let priority = FACILITY * 8 + severity;
        let body = json!({
            "installation": self.installation,
            "number": entry.number,
            "who": entry.who,
            "way": entry.way,
            "client": entry.client,
            "action": entry.action,
            "subject": { "kind": entry.subject_kind, "id": entry.subject_id, "name": entry.subject_name },
            "connection": entry.connection_id,
            "details": details,
            "outcome": entry.outcome,
            "erased": entry.erased,
            "hash": entry.hash,
        });
        let (at, action, process) = (moment(&entry.at), &entry.action, self.process);
        let header = format!("<{priority}>1 {at} {} m365-beacon {process} {action} - ", self.host);
        [header, ascii(&body.to_string())].concat().into_bytes()
    }
}

/// With at most six digits of the second (section 6.2.3).
fn moment(at: &str) -> String {
    match at.split_once('.') {
        Some((seconds, fraction)) => {
            let digits: String = fraction.chars().filter(char::is_ascii_digit).take(6).collect();
            format!("{seconds}.{digits}Z")
        }
        None => at.to_owned(),
    }
}

/// JSON whose other characters are escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && character != '\u{7f}' {
            text.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Source;
    use beacon_store::{Action, AuditEntry};

    fn entry(details: &str) -> AuditEntry {
        let text = str::to_owned;
        AuditEntry {
            number: 7,
            at: text("2026-03-01T06:00:00.123456789Z"),
            who: text("ada"),
            way: text("page"),
            client: text("192.0.2.7"),
            action: text("connection.changed"),
            subject_kind: text("connection"),
            subject_id: text("id"),
            subject_name: text("Zürich\u{1f600}"),
            connection_id: text("id"),
            details: text(details),
            outcome: text("refused"),
            erased: false,
            content_hash: text("c"),
            hash: text("h"),
        }
    }

    #[test]
    fn a_message_has_its_header_and_nothing_but_ascii() {
        let source = Source::new("beacon host\n", 42, "installation".to_owned());
        let message = String::from_utf8(source.message(&entry(r#"{"name":{"new":"a\nb","old":null}}"#))).unwrap();
        let header = "<108>1 2026-03-01T06:00:00.123456Z beaconhost m365-beacon 42 connection.changed - {";
        assert!(message.starts_with(header), "{message}");
        assert!(message.is_ascii() && !message.chars().any(char::is_control), "{message}");
        assert!(message.contains(r#""name":"Z\u00fcrich\ud83d\ude00""#), "{message}");
        let body: serde_json::Value = serde_json::from_str(message.split_once(" - ").unwrap().1).unwrap();
        assert_eq!(body["subject"]["name"], "Zürich\u{1f600}");
        assert_eq!(body["details"]["name"]["new"], "a\nb");
    }

    #[test]
    fn a_long_entry_goes_without_its_details() {
        let source = Source::new("", 1, String::new());
        let message = source.message(&entry(&format!(r#"{{"text":"{}"}}"#, "x".repeat(20_000))));
        let message = String::from_utf8(message).unwrap();
        assert!(message.len() < 1_000 && message.contains(r#""details":{"left_out":true}"#), "{message}");
        assert!(message.contains("Z - m365-beacon 1 "), "{message}");
    }

    #[test]
    fn every_action_fits_into_its_field() {
        for action in Action::ALL {
            assert!(action.as_str().len() <= 32, "{}", action.as_str());
        }
    }
}
