//! The files of one table in the making: one for each format of the package.

use crate::csv_file::CsvFile;
use crate::data_package::ResourceFormat;
use crate::error::PackageError;
use crate::file_digest::FileFacts;
use crate::parquet_file::ParquetFile;
use crate::row::Rows;
use beacon_contract::dataset::TableSchema;
use std::path::Path;

enum TableFile {
    Parquet(Box<ParquetFile>),
    Csv(Box<CsvFile>),
}

/// Name of the file of a table.
pub(crate) fn file_name(table: &TableSchema, format: ResourceFormat) -> String {
    format!("{}.{}", table.name, format.name())
}

impl TableFile {
    fn create(
        folder: &Path,
        format: ResourceFormat,
        table: &'static TableSchema,
        tenant: &str,
    ) -> Result<Self, PackageError> {
        let path = folder.join(file_name(table, format));
        Ok(match format {
            ResourceFormat::Parquet => Self::Parquet(Box::new(ParquetFile::create(&path, table, tenant)?)),
            ResourceFormat::Csv => Self::Csv(Box::new(CsvFile::create(&path, table, tenant)?)),
        })
    }

    fn write(&mut self, rows: &Rows) -> Result<(), PackageError> {
        match self {
            Self::Parquet(file) => file.write(rows),
            Self::Csv(file) => file.write(rows),
        }
    }

    fn finish(self) -> Result<FileFacts, PackageError> {
        match self {
            Self::Parquet(file) => file.finish(),
            Self::Csv(file) => file.finish(),
        }
    }
}

/// All of them.
pub(crate) struct TableFiles(Vec<(ResourceFormat, TableFile)>);

impl TableFiles {
    pub(crate) fn create(
        folder: &Path,
        formats: &[ResourceFormat],
        table: &'static TableSchema,
        tenant: &str,
    ) -> Result<Self, PackageError> {
        let create =
            |format: &ResourceFormat| TableFile::create(folder, *format, table, tenant).map(|file| (*format, file));
        formats.iter().map(create).collect::<Result<_, _>>().map(Self)
    }

    /// Adds rows. Their number per call must not depend on how they came.
    pub(crate) fn write(&mut self, rows: &Rows) -> Result<(), PackageError> {
        self.0.iter_mut().try_for_each(|(_, file)| file.write(rows))
    }

    /// Brings everything to the disk.
    pub(crate) fn finish(self) -> Result<Vec<(ResourceFormat, FileFacts)>, PackageError> {
        self.0.into_iter().map(|(format, file)| file.finish().map(|facts| (format, facts))).collect()
    }
}
