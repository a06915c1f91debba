//! A view as a file, of any size, in constant memory.

use crate::error::SnapshotError;
use crate::row_ref::Found;
use arrow_array::builder::{BooleanBuilder, Date32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use beacon_api::{Column, ColumnKind};
use beacon_package::put_csv_text;
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::Value;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows found at once: finding costs a pass over all people.
const FOUND: usize = 262_144;

/// Rows whose values are in memory.
const READ: usize = 4_096;

/// Rows of a row group of Parquet.
const ROW_GROUP: usize = 65_536;

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, UTF-8, with a header line; no cell is a formula.
    Csv,
    /// Parquet with zstd.
    Parquet,
}

impl ExportFormat {
    /// By its name in addresses: `csv` or `parquet`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Media type of a file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Ending of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Connection id and key, which stand before the columns.
fn all_columns(found: &dyn Found) -> Result<Vec<(String, ColumnKind)>, SnapshotError> {
    let own = found.columns()?.into_iter().map(|Column { id, kind, .. }| (id, kind));
    let before = ["connection", "key"].map(|id| (id.to_owned(), ColumnKind::Text));
    Ok(before.into_iter().chain(own).collect())
}

fn each_chunk(
    found: &dyn Found,
    mut take: impl FnMut(Vec<Vec<Value>>) -> Result<(), SnapshotError>,
) -> Result<u64, SnapshotError> {
    let total = found.total();
    let mut offset = 0;
    while offset < total {
        let refs = found.refs(offset, FOUND)?;
        if refs.is_empty() {
            break;
        }
        for refs in refs.chunks(READ) {
            take(found.values(refs)?)?;
        }
        offset += refs.len() as u64;
    }
    Ok(offset)
}

/// Writes all rows, and says how many.
pub(crate) fn export(found: &dyn Found, format: ExportFormat, writer: impl Write + Send) -> Result<u64, SnapshotError> {
    match format {
        ExportFormat::Csv => csv(found, writer),
        ExportFormat::Parquet => parquet(found, writer),
    }
}

fn csv(found: &dyn Found, mut writer: impl Write) -> Result<u64, SnapshotError> {
    let columns = all_columns(found)?;
    let mut line = Vec::new();
    let header: Vec<_> = columns.iter().map(|(id, _)| id.as_str()).collect();
    line.extend_from_slice(header.join(",").as_bytes());
    line.extend_from_slice(b"\r\n");
    let rows = each_chunk(found, |rows| {
        for row in rows {
            for (place, value) in row.iter().enumerate() {
                if place > 0 {
                    line.push(b',');
                }
                match value {
                    Value::Null => {}
                    Value::String(text) => put_csv_text(&mut line, text),
                    other => line.extend_from_slice(other.to_string().as_bytes()),
                }
            }
            line.extend_from_slice(b"\r\n");
        }
        writer.write_all(&line).map_err(SnapshotError::Export)?;
        line.clear();
        Ok(())
    })?;
    writer.write_all(&line).and_then(|()| writer.flush()).map_err(SnapshotError::Export)?;
    Ok(rows)
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text | ColumnKind::Use => DataType::Utf8,
        ColumnKind::Number => DataType::Int64,
        ColumnKind::YesNo => DataType::Boolean,
        ColumnKind::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnKind::Day => DataType::Date32,
    }
}

/// The values of one column.
fn array(kind: ColumnKind, values: &[Option<&Value>]) -> ArrayRef {
    let text = |value: &Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    match kind {
        ColumnKind::Text | ColumnKind::Use => {
            let mut column = StringBuilder::new();
            values.iter().for_each(|value| column.append_option(value.and_then(Value::as_str)));
            Arc::new(column.finish())
        }
        ColumnKind::Number => {
            let mut column = Int64Builder::new();
            values.iter().for_each(|value| column.append_option(value.and_then(Value::as_i64)));
            Arc::new(column.finish())
        }
        ColumnKind::YesNo => {
            let mut column = BooleanBuilder::new();
            values.iter().for_each(|value| column.append_option(value.and_then(Value::as_bool)));
            Arc::new(column.finish())
        }
        ColumnKind::Moment => {
            let mut column = TimestampMicrosecondBuilder::new();
            for value in values {
                let moment = text(value).and_then(|text| text.parse::<jiff::Timestamp>().ok());
                column.append_option(moment.map(jiff::Timestamp::as_microsecond));
            }
            Arc::new(column.finish().with_timezone("UTC"))
        }
        ColumnKind::Day => {
            let mut column = Date32Builder::new();
            for value in values {
                let day = text(value).and_then(|text| text.parse::<Date>().ok());
                let days = day.and_then(|day| day.since(Date::constant(1970, 1, 1)).ok());
                column.append_option(days.map(|span| span.get_days()));
            }
            Arc::new(column.finish())
        }
    }
}

fn failed(error: ParquetError) -> SnapshotError {
    SnapshotError::Export(match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    })
}

fn parquet(found: &dyn Found, writer: impl Write + Send) -> Result<u64, SnapshotError> {
    let columns = all_columns(found)?;
    let fields = columns.iter().map(|(id, kind)| Field::new(id, data_type(*kind), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let properties = WriterProperties::builder()
        .set_created_by("m365-beacon".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut file = ArrowWriter::try_new(writer, Arc::clone(&schema), Some(properties)).map_err(failed)?;
    let rows = each_chunk(found, |rows| {
        let arrays = columns.iter().enumerate().map(|(place, (_, kind))| {
            let values: Vec<_> = rows.iter().map(|row| row.get(place)).collect();
            array(*kind, &values)
        });
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect());
        let batch = batch.map_err(|error: ArrowError| SnapshotError::Export(io::Error::other(error)))?;
        file.write(&batch).map_err(failed)
    })?;
    file.close().map_err(failed)?;
    Ok(rows)
}
