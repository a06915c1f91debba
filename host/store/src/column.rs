//! How typed values stand in columns.

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Error as SqliteError, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value by its own text form.
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> ToSql for Text<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl<T: FromStr<Err: Error + Send + Sync + 'static>> FromSql for Text<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// A value as JSON text.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|error| SqliteError::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

/// A time as text that sorts as the time does: RFC 3339 in UTC, always with nine digits of the second.
pub(crate) struct Time(pub(crate) Timestamp);

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(DateTimePrinter::new().precision(Some(9)).timestamp_to_string(&self.0).into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use rusqlite::ToSql;
    use rusqlite::types::{FromSql, ToSqlOutput, Value, ValueRef};

    use super::Time;

    fn stored(time: Timestamp) -> String {
        match Time(time).to_sql().unwrap() {
            ToSqlOutput::Owned(Value::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    fn time() -> impl Strategy<Value = Timestamp> {
        // Years 1970 to 2100, with whole seconds often.
        (0..4_102_444_800_i64, prop_oneof![Just(0), 0..1_000_000_000_i32])
            .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
    }

    proptest! {
        #[test]
        fn times_come_back_and_sort_as_text(left in time(), right in time()) {
            prop_assert_eq!(stored(left).cmp(&stored(right)), left.cmp(&right));
            let back = Time::column_result(ValueRef::Text(stored(left).as_bytes())).unwrap();
            prop_assert_eq!(back.0, left);
        }
    }
}
