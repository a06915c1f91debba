//! Parquet files: the same rows give the same bytes.

use crate::column_data::{TENANT_COLUMN, arrow_schema, batch};
use crate::error::PackageError;
use crate::file_digest::{DigestFile, FileFacts};
use crate::row::Rows;
use arrow_schema::SchemaRef;
use beacon_contract::dataset::{DATASET_VERSION, TableSchema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::io;
use std::path::{Path, PathBuf};

/// Rows of one row group; fixed, so that files do not depend on how rows came.
const ROW_GROUP: usize = 65_536;

/// Columns with few different values in practice. A dictionary of the others would be built only to be given up.
const REPEATING: &[&str] = &[
    TENANT_COLUMN,
    "account_enabled",
    "applies_to",
    "application_id",
    "capability_status",
    "change",
    "changed_columns",
    "company_name",
    "cost_center",
    "country",
    "creation_type",
    "department",
    "disabled_plans",
    "division",
    "employee_type",
    "error",
    "external_user_state",
    "extension_attributes",
    "given_name",
    "job_title",
    "kind",
    "mailbox_kind",
    "manager_id",
    "office_location",
    "on_premises_domain_name",
    "period_days",
    "plan_code",
    "plan_name",
    "platform",
    "product_type",
    "provisioning_status",
    "refreshed_on",
    "report",
    "sku_id",
    "source",
    "state",
    "surname",
    "table_name",
    "usage_location",
    "user_type",
];

/// A file in the making.
pub(crate) struct ParquetFile {
    table: &'static TableSchema,
    tenant: String,
    schema: SchemaRef,
    path: PathBuf,
    writer: ArrowWriter<DigestFile>,
}

/// The error of the crate for one of Parquet: a full disk stays recognisable as one.
pub(crate) fn parquet_error(action: &'static str, path: &Path) -> impl FnOnce(ParquetError) -> PackageError + use<> {
    let path = path.to_owned();
    move |source| match source {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(source) => PackageError::Storage { action, path, source: *source },
            Err(cause) => PackageError::Parquet { action, path, source: ParquetError::External(cause) },
        },
        source => PackageError::Parquet { action, path, source },
    }
}

fn properties(table: &TableSchema, schema: &SchemaRef) -> WriterProperties {
    let meta = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let mut properties = WriterProperties::builder()
        .set_created_by("m365-beacon".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        // Level 1: two thirds of the time of the default for a few percent more bytes.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_dictionary_enabled(false)
        .set_key_value_metadata(Some(vec![
            meta("beacon.dataset_version", DATASET_VERSION),
            meta("beacon.table", table.name),
        ]));
    for field in schema.fields().iter().filter(|field| REPEATING.contains(&field.name().as_str())) {
        let paths: &[&[&str]] = match field.data_type() {
            arrow_schema::DataType::List(_) => &[&["list", "element"]],
            arrow_schema::DataType::Map(..) => &[&["key_value", "key"], &["key_value", "value"]],
            _ => &[&[]],
        };
        for path in paths {
            let parts = std::iter::once(field.name().clone()).chain(path.iter().map(|part| (*part).to_owned()));
            properties = properties.set_column_dictionary_enabled(ColumnPath::new(parts.collect()), true);
        }
    }
    properties.build()
}

impl ParquetFile {
    pub(crate) fn create(path: &Path, table: &'static TableSchema, tenant: &str) -> Result<Self, PackageError> {
        let schema = arrow_schema(table);
        // The Arrow schema in the metadata would say nothing that the Parquet schema does not.
        let options =
            ArrowWriterOptions::new().with_properties(properties(table, &schema)).with_skip_arrow_metadata(true);
        let file = DigestFile::create(path)?;
        let writer = ArrowWriter::try_new_with_options(file, SchemaRef::clone(&schema), options)
            .map_err(parquet_error("create", path))?;
        Ok(Self { table, tenant: tenant.to_owned(), schema, path: path.to_owned(), writer })
    }

    /// Adds rows. Their number per call must not depend on how they came (pages are cut at its ends).
    pub(crate) fn write(&mut self, rows: &Rows) -> Result<(), PackageError> {
        let columns = batch(self.table, &self.schema, &self.tenant, rows)
            .map_err(|source| PackageError::Columns { table: self.table.name.into(), source })?;
        self.writer.write(&columns).map_err(parquet_error("write", &self.path))
    }

    pub(crate) fn finish(self) -> Result<FileFacts, PackageError> {
        self.writer.into_inner().map_err(parquet_error("write", &self.path))?.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_one_within_parquet_too() {
        let path = Path::new("package/users.parquet");
        let full = ParquetError::from(io::Error::from(io::ErrorKind::StorageFull));
        let error = parquet_error("write", path)(full);
        assert!(error.is_disk_full(), "{error:?}");
        assert_eq!(error.to_string(), "cannot write package/users.parquet");
        let other = parquet_error("write", path)(ParquetError::General("x".into()));
        assert!(!other.is_disk_full() && std::error::Error::source(&other).is_some());
    }
}
