//! Exports hold what the rows hold.

use crate::ExportFormat;
use crate::test_package::{Made, contoso, crowd, made, plain};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use beacon_api::{RowQuery, View};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn exported(made: &Made, view: View, query: &RowQuery, format: ExportFormat) -> (Vec<u8>, u64) {
    let mut bytes = Vec::new();
    let rows = made.snapshots.export(view, query, format, &mut bytes).unwrap();
    (bytes, rows)
}

/// All rows by pages, as texts.
fn paged(made: &Made, view: View, query: &RowQuery) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    loop {
        let part = made.ask(view, RowQuery { offset: all.len() as u64, limit: Some(500), ..query.clone() });
        all.extend(part.rows.iter().map(|row| row.iter().map(plain).collect::<Vec<_>>()));
        if all.len() as u64 >= part.total {
            return all;
        }
    }
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let cell = |cell: &str| match cell {
        "" => "-".to_owned(),
        text => text.strip_prefix('\'').unwrap_or(text).to_owned(),
    };
    reader.records().map(|row| row.unwrap().iter().map(cell).collect()).collect()
}

fn parquet_rows(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let cell = |column: &arrow_array::ArrayRef| {
                if column.is_null(row) {
                    return "-".to_owned();
                }
                if let Some(texts) = column.as_string_opt::<i32>() {
                    texts.value(row).to_owned()
                } else if let Some(flags) = column.as_boolean_opt() {
                    flags.value(row).to_string()
                } else if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
                    numbers.value(row).to_string()
                } else if let Some(moments) = column.as_primitive_opt::<TimestampMicrosecondType>() {
                    crate::cell::moment_text(moments.value(row)).unwrap()
                } else {
                    crate::cell::day_text(column.as_primitive::<Date32Type>().value(row).into()).unwrap()
                }
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    rows
}

#[test]
fn every_view_is_exported_as_it_is_shown() {
    let made = made(&[contoso(), crowd(700, 3)]);
    for (view, sort) in [
        (View::Users, "display_name"),
        (View::Users, ""),
        (View::Usage, "last_activity_on"),
        (View::Usage, "user_principal_name"),
        (View::Applications, "people"),
        (View::Licences, "product_name"),
    ] {
        let query = RowQuery { sort: Some(sort.into()), descending: true, offset: 3, ..RowQuery::default() };
        let expected = paged(&made, view, &RowQuery { offset: 0, ..query.clone() });
        let (bytes, rows) = exported(&made, view, &query, ExportFormat::Csv);
        assert_eq!(rows, expected.len() as u64, "{view:?}");
        // The reader of this test does not tell an empty text from nothing.
        let empty_is_nothing = |cell: &String| if cell.is_empty() { "-".to_owned() } else { cell.clone() };
        let plain: Vec<Vec<_>> = expected.iter().map(|row| row.iter().map(empty_is_nothing).collect()).collect();
        assert_eq!(csv_rows(&bytes), plain, "{view:?} as CSV");
        let (bytes, rows) = exported(&made, view, &query, ExportFormat::Parquet);
        assert_eq!(rows, expected.len() as u64);
        assert_eq!(parquet_rows(bytes), expected, "{view:?} as Parquet");
    }
}

#[test]
fn a_filter_narrows_an_export_and_no_cell_is_a_formula() {
    let made = made(&[contoso()]);
    let query = RowQuery { search: Some("clara".into()), ..RowQuery::default() };
    let (bytes, rows) = exported(&made, View::Users, &query, ExportFormat::Csv);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(rows, 1);
    assert!(text.starts_with("connection,key,connection_name,display_name,"), "{text}");
    assert!(text.contains(",'=Clara,clara@x.example,false,"), "{text}");
    let nobody = RowQuery { search: Some("zzz".into()), ..RowQuery::default() };
    for format in [ExportFormat::Csv, ExportFormat::Parquet] {
        assert_eq!(exported(&made, View::Usage, &nobody, format).1, 0);
    }
}

#[test]
fn a_writer_that_fails_ends_the_export() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let made = made(&[contoso()]);
    for format in [ExportFormat::Csv, ExportFormat::Parquet] {
        let error = made.snapshots.export(View::Users, &RowQuery::default(), format, Full).unwrap_err();
        assert_eq!(error.code(), "data.export", "{error:?}");
    }
    assert_eq!(ExportFormat::from_name("csv").map(ExportFormat::extension), Some("csv"));
    assert_eq!(ExportFormat::from_name("xlsx"), None);
}
