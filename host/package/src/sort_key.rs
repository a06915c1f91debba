//! Keys as bytes whose order is the order of the table.
//!
//! A text is its UTF-8 with every zero byte followed by 255, ended by two zero bytes; a number is big endian with the
//! sign bit turned. Bytes of one key never begin another one, so comparing them compares column by column.

use crate::fingerprint::fingerprint;
use crate::row::{DamagedRow, RowCursor};
use beacon_contract::ColumnType;
use beacon_contract::dataset::TableSchema;

/// How the key of a table is taken from its rows.
#[derive(Debug)]
pub(crate) struct KeyPlan {
    /// Columns up to the last one of the key, and whether each is part of it.
    columns: Vec<(ColumnType, bool)>,
}

/// The value of the last key column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LastKey<'r> {
    Text(&'r [u8]),
    Number(i64),
}

impl LastKey<'_> {
    /// Fingerprint of the value as text, as the driver sees it in a page.
    pub(crate) fn fingerprint(self, seed: &[u8; 16]) -> u128 {
        match self {
            Self::Text(text) => fingerprint(seed, text),
            Self::Number(number) => fingerprint(seed, number.to_string().as_bytes()),
        }
    }
}

impl KeyPlan {
    pub(crate) fn new(table: &TableSchema) -> Self {
        let is_key = |name: &str| table.key.contains(&name);
        let last = table.columns.iter().rposition(|column| is_key(column.name)).map_or(0, |last| last + 1);
        Self { columns: table.columns.iter().take(last).map(|column| (column.kind, is_key(column.name))).collect() }
    }

    /// Appends the key of a row and returns its last value. A null in a key counts as damage: it is refused before.
    pub(crate) fn put<'r>(&self, row: &'r [u8], key: &mut Vec<u8>) -> Result<LastKey<'r>, DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let mut last = LastKey::Number(0);
        for (kind, is_key) in &self.columns {
            if !is_key {
                cursor.skip(*kind)?;
                continue;
            }
            last = match kind {
                ColumnType::Text => {
                    let text = cursor.text()?.ok_or(DamagedRow)?;
                    put_text(text, key);
                    LastKey::Text(text)
                }
                ColumnType::Integer | ColumnType::Timestamp => {
                    let number = cursor.integer()?.ok_or(DamagedRow)?;
                    key.extend_from_slice(&(number ^ i64::MIN).to_be_bytes());
                    LastKey::Number(number)
                }
                ColumnType::Date => {
                    let days = cursor.date()?.ok_or(DamagedRow)?;
                    key.extend_from_slice(&(days ^ i32::MIN).to_be_bytes());
                    LastKey::Number(days.into())
                }
                ColumnType::Boolean => {
                    let value = cursor.boolean()?.ok_or(DamagedRow)?;
                    key.push(value.into());
                    LastKey::Number(value.into())
                }
                // No key of the dataset is a list; its bytes would still keep different rows apart.
                ColumnType::TextList | ColumnType::TextMap => {
                    let bytes = cursor.skip(*kind)?;
                    key.extend_from_slice(bytes);
                    LastKey::Text(bytes)
                }
            };
        }
        Ok(last)
    }

    /// The value of the last key column alone.
    pub(crate) fn last<'r>(&self, row: &'r [u8]) -> Result<LastKey<'r>, DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let Some(((kind, _), before)) = self.columns.split_last() else { return Err(DamagedRow) };
        for (kind, _) in before {
            cursor.skip(*kind)?;
        }
        match kind {
            ColumnType::Text => cursor.text()?.map(LastKey::Text).ok_or(DamagedRow),
            ColumnType::Integer | ColumnType::Timestamp => cursor.integer()?.map(LastKey::Number).ok_or(DamagedRow),
            ColumnType::Date => cursor.date()?.map(|days| LastKey::Number(days.into())).ok_or(DamagedRow),
            ColumnType::Boolean => cursor.boolean()?.map(|value| LastKey::Number(value.into())).ok_or(DamagedRow),
            ColumnType::TextList | ColumnType::TextMap => cursor.skip(*kind).map(LastKey::Text),
        }
    }
}

fn put_text(text: &[u8], key: &mut Vec<u8>) {
    for (index, part) in text.split(|byte| *byte == 0).enumerate() {
        if index > 0 {
            key.extend_from_slice(&[0, 255]);
        }
        key.extend_from_slice(part);
    }
    key.extend_from_slice(&[0, 0]);
}

/// The first eight bytes of a key as a number: decides most comparisons without looking at the key itself.
pub(crate) fn prefix(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(key) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row;
    use proptest::prelude::*;

    fn usage_key(parts: &[&str; 4], days: i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            row::put_text(&mut bytes, part.as_bytes());
        }
        row::put_integer(&mut bytes, days);
        let mut key = Vec::new();
        let plan = KeyPlan::new(beacon_contract::dataset::table("usage").unwrap());
        plan.put(&bytes, &mut key).unwrap();
        key
    }

    proptest! {
        #[test]
        fn bytes_are_ordered_like_values(
            left in ["[\0\u{1}ab]{0,3}", "[\0ab]{0,2}", "[\0\u{ff}]{0,2}", "[\0a]{0,2}"], left_days: i64,
            right in ["[\0\u{1}ab]{0,3}", "[\0ab]{0,2}", "[\0\u{ff}]{0,2}", "[\0a]{0,2}"], right_days: i64,
        ) {
            let one = usage_key(&left.each_ref().map(String::as_str), left_days);
            let other = usage_key(&right.each_ref().map(String::as_str), right_days);
            prop_assert_eq!(one.cmp(&other), (&left, left_days).cmp(&(&right, right_days)));
            if prefix(&one) < prefix(&other) {
                prop_assert!(one < other);
            }
        }
    }
}
