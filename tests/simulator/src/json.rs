//! A JSON writer for pages: straight into a buffer, because a page of a thousand people is built for every request.

use jiff::Timestamp;
use uuid::Uuid;

/// Writes values one after the other; commas are its business, balance is the caller's.
#[derive(Debug, Default)]
pub(crate) struct JsonWriter {
    buffer: Vec<u8>,
    comma_due: bool,
}

impl JsonWriter {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { buffer: Vec::with_capacity(capacity), comma_due: false }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }

    fn separate(&mut self) {
        if self.comma_due {
            self.buffer.push(b',');
        }
        self.comma_due = true;
    }

    fn open(&mut self, bracket: u8) {
        self.separate();
        self.buffer.push(bracket);
        self.comma_due = false;
    }

    fn close(&mut self, bracket: u8) {
        self.buffer.push(bracket);
        self.comma_due = true;
    }

    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.open(b'{');
        write(self);
        self.close(b'}');
    }

    pub(crate) fn array<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.open(b'[');
        for item in items {
            write(self, item);
        }
        self.close(b']');
    }

    /// A member's name; it must need no escaping.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.separate();
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(name.as_bytes());
        self.buffer.extend_from_slice(b"\":");
        self.comma_due = false;
        self
    }

    fn raw(&mut self, text: &str) {
        self.separate();
        self.buffer.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.separate();
        self.buffer.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(position) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            let (plain, from) = rest.split_at(position);
            self.buffer.extend_from_slice(plain);
            let Some((special, after)) = from.split_first() else { break };
            match special {
                b'"' => self.buffer.extend_from_slice(b"\\\""),
                b'\\' => self.buffer.extend_from_slice(b"\\\\"),
                control => self.buffer.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
            }
            rest = after;
        }
        self.buffer.extend_from_slice(rest);
        self.buffer.push(b'"');
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.null(),
        }
    }

    pub(crate) fn null(&mut self) {
        self.raw("null");
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    pub(crate) fn number(&mut self, value: u64) {
        self.raw(&value.to_string());
    }

    pub(crate) fn guid(&mut self, id: Uuid) {
        let mut text = Uuid::encode_buffer();
        let text = id.hyphenated().encode_lower(&mut text);
        self.separate();
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.push(b'"');
    }

    /// Whole seconds, `2026-06-01T00:00:00Z`.
    pub(crate) fn timestamp(&mut self, at: Timestamp) {
        let seconds = at.as_second();
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400) as u64;
        self.separate();
        self.buffer.push(b'"');
        self.digits(year as u64, 1_000);
        self.buffer.push(b'-');
        self.digits(month, 10);
        self.buffer.push(b'-');
        self.digits(day, 10);
        self.buffer.push(b'T');
        self.digits(second / 3_600, 10);
        self.buffer.push(b':');
        self.digits(second / 60 % 60, 10);
        self.buffer.push(b':');
        self.digits(second % 60, 10);
        self.buffer.extend_from_slice(b"Z\"");
    }

    pub(crate) fn optional_timestamp(&mut self, at: Option<Timestamp>) {
        match at {
            Some(at) => self.timestamp(at),
            None => self.null(),
        }
    }

    fn digits(&mut self, value: u64, mut unit: u64) {
        while unit > 0 {
            self.buffer.push(b'0' + (value / unit % 10) as u8);
            unit /= 10;
        }
    }
}

/// Days since 1970-01-01 to year, month, day (Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, u64, u64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u64, day as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_reads_back(text in ".*") {
            let mut writer = JsonWriter::default();
            writer.string(&text);
            prop_assert_eq!(serde_json::from_slice::<String>(&writer.into_bytes()).unwrap(), text);
        }

        #[test]
        fn any_moment_is_written_as_the_time_library_writes_it(seconds in 0_i64..7_000_000_000) {
            let at = Timestamp::from_second(seconds).unwrap();
            let mut writer = JsonWriter::default();
            writer.timestamp(at);
            prop_assert_eq!(String::from_utf8(writer.into_bytes()).unwrap(), format!("\"{at}\""));
        }
    }

    #[test]
    fn commas_stand_between_members_and_items() {
        let mut writer = JsonWriter::default();
        writer.object(|writer| {
            writer.key("a").array([1, 2], |writer, number| writer.number(number));
            writer.key("b").object(|_| {});
            writer.key("c").null();
        });
        assert_eq!(writer.into_bytes(), br#"{"a":[1,2],"b":{},"c":null}"#);
    }
}
