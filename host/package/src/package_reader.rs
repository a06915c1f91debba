//! Opening a package and reading its tables.

use crate::changes_table::known_table;
use crate::column_data::{TENANT_COLUMN, arrow_schema, batch, holds_tenant, rows_of};
use crate::csv_reader::CsvReader;
use crate::data_package::{DataPackage, MANIFEST_NAME, Resource, ResourceFormat};
use crate::error::PackageError;
use crate::row::Rows;
use crate::writer::PARTIAL_SUFFIX;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::ArrowError;
use beacon_contract::dataset::TableSchema;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Rows read at once.
const CHUNK: usize = 4_096;

/// A manifest lists a few files of a dozen tables; one beyond this is none.
const LARGEST_MANIFEST: u64 = 16 << 20;

/// A folder with a manifest.
#[derive(Clone, Debug)]
pub struct PackageFolder {
    folder: PathBuf,
    manifest: DataPackage,
}

impl PackageFolder {
    /// Reads the manifest.
    ///
    /// # Errors
    /// [`PackageError::NotAPackage`] if there is none or the folder was never finished, [`PackageError::Manifest`] if
    /// it is damaged, [`PackageError::Storage`].
    pub fn open(folder: &Path) -> Result<Self, PackageError> {
        let none = |why| PackageError::NotAPackage { path: folder.to_owned(), why };
        let real = match folder.canonicalize() {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(none("there is nothing")),
            Err(error) => return Err(PackageError::storage("read", folder)(error)),
        };
        let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') && name.ends_with(PARTIAL_SUFFIX) {
            return Err(none("writing it was never finished"));
        }
        let path = folder.join(MANIFEST_NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(none("it has no datapackage.json"));
            }
            Err(error) => return Err(PackageError::storage("read", &path)(error)),
        };
        let mut text = Vec::new();
        file.take(LARGEST_MANIFEST).read_to_end(&mut text).map_err(PackageError::storage("read", &path))?;
        let manifest = serde_json::from_slice(&text).map_err(|source| PackageError::Manifest { path, source })?;
        Ok(Self { folder: folder.to_owned(), manifest })
    }

    /// A package whose manifest is not written yet.
    pub(crate) fn in_the_making(folder: &Path, manifest: DataPackage) -> Self {
        Self { folder: folder.to_owned(), manifest }
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &DataPackage {
        &self.manifest
    }

    pub(crate) fn path_of(&self, resource: &Resource) -> PathBuf {
        self.folder.join(&resource.path)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a table, Parquet if it is there; `None` if the package has none.
    pub(crate) fn resource(&self, table: &TableSchema) -> Option<&Resource> {
        let of_table = |format| {
            let fits = move |resource: &&Resource| resource.table == table.name && resource.kind() == Some(format);
            self.manifest.resources.iter().find(fits)
        };
        of_table(ResourceFormat::Parquet).or_else(|| of_table(ResourceFormat::Csv))
    }

    /// Opens the rows of a table; `None` if the package has no file of it.
    pub(crate) fn rows(&self, table: &'static TableSchema) -> Result<Option<TableReader>, PackageError> {
        self.resource(table).map(|resource| TableReader::open(self, table, resource)).transpose()
    }
}

/// Whether the path of a resource stays within its folder: one plain name of letters that every system takes.
#[must_use]
pub fn is_safe_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !path.is_empty() && !path.starts_with('.') && path.bytes().all(plain) && path != MANIFEST_NAME
}

enum Input {
    Parquet(Box<ParquetRecordBatchReader>),
    Csv(Box<CsvReader>),
}

/// Rows of one file.
pub(crate) struct TableReader {
    table: &'static TableSchema,
    path: PathBuf,
    tenant: String,
    input: Input,
}

impl TableReader {
    pub(crate) fn open(
        package: &PackageFolder,
        table: &'static TableSchema,
        resource: &Resource,
    ) -> Result<Self, PackageError> {
        let path = package.path_of(resource);
        let bad = |why: &str| PackageError::BadFile { path: path.clone(), table: table.name.into(), why: why.into() };
        if !is_safe_path(&resource.path) {
            return Err(bad("its path leads out of the package"));
        }
        let wrong_columns = || PackageError::WrongColumns { path: path.clone(), table: table.name.into() };
        let file = File::open(&path).map_err(PackageError::storage("read", &path))?;
        let input = match resource.kind() {
            Some(ResourceFormat::Parquet) => {
                let builder =
                    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| bad(&error.to_string()))?;
                let expected = arrow_schema(table);
                let columns = builder.schema().fields().iter().map(|field| (field.name(), field.data_type()));
                if !columns.eq(expected.fields().iter().map(|field| (field.name(), field.data_type()))) {
                    return Err(wrong_columns());
                }
                let reader = builder.with_batch_size(CHUNK).build().map_err(|error| bad(&error.to_string()))?;
                Input::Parquet(Box::new(reader))
            }
            Some(ResourceFormat::Csv) => {
                let mut reader = CsvReader::new(file);
                if !reader.header(table).map_err(|why| bad(&why))? {
                    return Err(wrong_columns());
                }
                Input::Csv(Box::new(reader))
            }
            None => return Err(bad("its format is unknown")),
        };
        Ok(Self { table, path, tenant: package.manifest.beacon.tenant_id.clone(), input })
    }

    pub(crate) fn bad(&self, why: impl Into<String>) -> PackageError {
        PackageError::BadFile { path: self.path.clone(), table: self.table.name.into(), why: why.into() }
    }

    /// The next rows and whether all of them are of the package's tenant; no rows after the last.
    pub(crate) fn next_rows(&mut self) -> Result<(Rows, bool), PackageError> {
        match &mut self.input {
            Input::Csv(reader) => {
                let rows = reader.rows(self.table, &self.tenant, CHUNK);
                rows.map_err(|why| self.bad(why))
            }
            Input::Parquet(reader) => {
                let Some(columns) = reader.next() else { return Ok((Rows::default(), true)) };
                let columns = columns.map_err(|error| self.bad(error.to_string()))?;
                let tenants = columns.column_by_name(TENANT_COLUMN).and_then(|column| column.as_string_opt::<i32>());
                let same = holds_tenant(self.table)
                    || tenants.is_some_and(|tenants| {
                        tenants.null_count() == 0 && tenants.iter().all(|value| value == Some(self.tenant.as_str()))
                    });
                let rows =
                    rows_of(self.table, &columns).ok_or_else(|| self.bad("a batch has other columns than its file"))?;
                Ok((rows, same))
            }
        }
    }
}

/// Reads a table of the dataset, or `changes`, batch by batch, `tenant_id` first, whichever format the package has.
///
/// # Errors
/// [`PackageError::NoTable`], and what [`PackageFolder::open`] and reading meet.
pub fn read_table(
    folder: &Path,
    table: &str,
) -> Result<impl Iterator<Item = Result<RecordBatch, PackageError>> + use<>, PackageError> {
    let package = PackageFolder::open(folder)?;
    let none = || PackageError::NoTable { path: folder.to_owned(), table: table.to_owned() };
    let schema = known_table(table).ok_or_else(none)?;
    let mut reader = package.rows(schema)?.ok_or_else(none)?;
    let columns = arrow_schema(schema);
    Ok(std::iter::from_fn(move || {
        let rows = match reader.next_rows() {
            Ok((rows, _)) => rows,
            Err(error) => return Some(Err(error)),
        };
        let failed = |source| PackageError::Columns { table: schema.name.into(), source };
        (rows.len() > 0).then(|| batch(schema, &columns, &reader.tenant, &rows).map_err(failed))
    }))
}

/// Reads some columns of a table of the dataset, in the order in which they are named, batch by batch; `None` if the
/// package has no such table. Of Parquet only these columns are unpacked.
///
/// # Errors
/// [`PackageError::WrongColumns`] for a name that the table does not have, and what reading meets.
pub fn read_columns(
    package: &PackageFolder,
    table: &str,
    columns: &[&str],
) -> Result<Option<impl Iterator<Item = Result<RecordBatch, PackageError>> + use<>>, PackageError> {
    let Some((schema, resource)) = known_table(table).and_then(|schema| Some((schema, package.resource(schema)?)))
    else {
        return Ok(None);
    };
    let reader = TableReader::open(package, schema, resource)?;
    let (path, all) = (reader.path.clone(), arrow_schema(schema));
    let wrong = |_: ArrowError| PackageError::WrongColumns { path: path.clone(), table: schema.name.into() };
    let places = columns.iter().map(|name| all.index_of(name)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    let tenant = reader.tenant.clone();
    let mut source = match reader.input {
        Input::Parquet(_) => {
            let bad = |error: &dyn std::fmt::Display| PackageError::BadFile {
                path: path.clone(),
                table: schema.name.into(),
                why: error.to_string(),
            };
            let file = File::open(&path).map_err(PackageError::storage("read", &path))?;
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| bad(&error))?;
            let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
            let reader = builder.with_projection(mask).with_batch_size(CHUNK).build().map_err(|error| bad(&error))?;
            ColumnSource::Parquet(Box::new(reader))
        }
        Input::Csv(_) => ColumnSource::Rows(Box::new(reader)),
    };
    let names: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let failed = |source| PackageError::Columns { table: schema.name.into(), source };
    Ok(Some(std::iter::from_fn(move || {
        let whole = match &mut source {
            ColumnSource::Parquet(reader) => reader.next()?.map_err(|error| PackageError::BadFile {
                path: path.clone(),
                table: schema.name.into(),
                why: error.to_string(),
            }),
            ColumnSource::Rows(reader) => match reader.next_rows() {
                Ok((rows, _)) if rows.len() == 0 => return None,
                Ok((rows, _)) => batch(schema, &all, &tenant, &rows).map_err(failed),
                Err(error) => Err(error),
            },
        };
        let chosen = whole.and_then(|whole| {
            let places: Result<Vec<_>, _> = names.iter().map(|name| whole.schema().index_of(name)).collect();
            places.and_then(|places| whole.project(&places)).map_err(failed)
        });
        Some(chosen)
    })))
}

/// Where [`read_columns`] takes its batches from.
enum ColumnSource {
    Parquet(Box<ParquetRecordBatchReader>),
    Rows(Box<TableReader>),
}
