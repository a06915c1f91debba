//! Between rows and Arrow columns.

use crate::row::{self, DamagedRow, RowCursor, Rows};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Int64Array, ListArray, MapArray, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use beacon_contract::ColumnType;
use beacon_contract::dataset::TableSchema;
use std::sync::Arc;

/// Name of the column that every table begins with.
pub(crate) const TENANT_COLUMN: &str = "tenant_id";

/// Whether the table has the tenant's id among its own columns.
pub(crate) fn holds_tenant(table: &TableSchema) -> bool {
    table.column(TENANT_COLUMN).is_some()
}

fn entry_field() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Utf8, false))
}

fn map_fields() -> Fields {
    vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Utf8, false)].into()
}

fn map_field() -> Arc<Field> {
    Arc::new(Field::new("key_value", DataType::Struct(map_fields()), false))
}

/// The Arrow type of a column; names of inner fields are those of the Parquet format.
fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Date => DataType::Date32,
        ColumnType::TextList => DataType::List(entry_field()),
        ColumnType::TextMap => DataType::Map(map_field(), false),
    }
}

/// Columns of a table as files hold them: `tenant_id` first.
pub(crate) fn arrow_schema(table: &TableSchema) -> SchemaRef {
    let tenant = (!holds_tenant(table)).then(|| Field::new(TENANT_COLUMN, DataType::Utf8, false));
    let own = table.columns.iter().map(|column| Field::new(column.name, data_type(column.kind), column.nullable));
    Arc::new(Schema::new(tenant.into_iter().chain(own).collect::<Vec<_>>()))
}

struct Texts {
    offsets: Vec<i32>,
    data: Vec<u8>,
}

impl Texts {
    fn new() -> Self {
        Self { offsets: vec![0], data: Vec::new() }
    }

    /// A chunk of rows stays far below 2 GiB; saturated offsets would be refused by the array's own check.
    fn push(&mut self, text: &[u8]) {
        self.data.extend_from_slice(text);
        self.offsets.push(i32::try_from(self.data.len()).unwrap_or(i32::MAX));
    }

    fn finish(self, nulls: Option<NullBuffer>) -> Result<StringArray, ArrowError> {
        StringArray::try_new(OffsetBuffer::new(ScalarBuffer::from(self.offsets)), Buffer::from_vec(self.data), nulls)
    }
}

enum Values {
    Text(Texts),
    Boolean(BooleanBufferBuilder),
    Integer(Vec<i64>),
    Timestamp(Vec<i64>),
    Date(Vec<i32>),
    List(Vec<i32>, Texts),
    Map(Vec<i32>, Texts, Texts),
}

struct ColumnData {
    valid: BooleanBufferBuilder,
    values: Values,
}

impl ColumnData {
    fn new(kind: ColumnType, rows: usize) -> Self {
        let values = match kind {
            ColumnType::Text => Values::Text(Texts::new()),
            ColumnType::Boolean => Values::Boolean(BooleanBufferBuilder::new(rows)),
            ColumnType::Integer => Values::Integer(Vec::with_capacity(rows)),
            ColumnType::Timestamp => Values::Timestamp(Vec::with_capacity(rows)),
            ColumnType::Date => Values::Date(Vec::with_capacity(rows)),
            ColumnType::TextList => Values::List(vec![0], Texts::new()),
            ColumnType::TextMap => Values::Map(vec![0], Texts::new(), Texts::new()),
        };
        Self { valid: BooleanBufferBuilder::new(rows), values }
    }

    fn push(&mut self, cursor: &mut RowCursor<'_>) -> Result<(), DamagedRow> {
        let valid = match &mut self.values {
            Values::Text(texts) => {
                let text = cursor.text()?;
                texts.push(text.unwrap_or_default());
                text.is_some()
            }
            Values::Boolean(bits) => {
                let value = cursor.boolean()?;
                bits.append(value.unwrap_or_default());
                value.is_some()
            }
            Values::Integer(numbers) | Values::Timestamp(numbers) => {
                let value = cursor.integer()?;
                numbers.push(value.unwrap_or_default());
                value.is_some()
            }
            Values::Date(days) => {
                let value = cursor.date()?;
                days.push(value.unwrap_or_default());
                value.is_some()
            }
            Values::List(offsets, texts) => {
                let entries = cursor.entries()?;
                for _ in 0..entries.unwrap_or(0) {
                    texts.push(cursor.entry()?);
                }
                offsets.push(i32::try_from(texts.offsets.len() - 1).unwrap_or(i32::MAX));
                entries.is_some()
            }
            Values::Map(offsets, keys, values) => {
                let entries = cursor.entries()?;
                for _ in 0..entries.unwrap_or(0) {
                    keys.push(cursor.entry()?);
                    values.push(cursor.entry()?);
                }
                offsets.push(i32::try_from(keys.offsets.len() - 1).unwrap_or(i32::MAX));
                entries.is_some()
            }
        };
        self.valid.append(valid);
        Ok(())
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let nulls = Some(NullBuffer::new(self.valid.finish())).filter(|nulls| nulls.null_count() > 0);
        let offsets = |offsets: Vec<i32>| OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(match self.values {
            Values::Text(texts) => Arc::new(texts.finish(nulls)?),
            Values::Boolean(mut bits) => Arc::new(BooleanArray::new(bits.finish(), nulls)),
            Values::Integer(numbers) => Arc::new(Int64Array::try_new(numbers.into(), nulls)?),
            Values::Timestamp(times) => {
                Arc::new(TimestampMicrosecondArray::try_new(times.into(), nulls)?.with_timezone("UTC"))
            }
            Values::Date(days) => Arc::new(Date32Array::try_new(days.into(), nulls)?),
            Values::List(ends, texts) => {
                Arc::new(ListArray::try_new(entry_field(), offsets(ends), Arc::new(texts.finish(None)?), nulls)?)
            }
            Values::Map(ends, keys, values) => {
                let columns: Vec<ArrayRef> = vec![Arc::new(keys.finish(None)?), Arc::new(values.finish(None)?)];
                let entries = StructArray::try_new(map_fields(), columns, None)?;
                Arc::new(MapArray::try_new(map_field(), offsets(ends), entries, nulls, false)?)
            }
        })
    }
}

/// Rows as columns, `tenant_id` first.
pub(crate) fn batch(
    table: &TableSchema,
    schema: &SchemaRef,
    tenant: &str,
    rows: &Rows,
) -> Result<RecordBatch, ArrowError> {
    let mut columns: Vec<_> = table.columns.iter().map(|column| ColumnData::new(column.kind, rows.len())).collect();
    let mut cursor = RowCursor::new(&rows.bytes);
    for _ in 0..rows.len() {
        for column in &mut columns {
            column.push(&mut cursor).map_err(|_| ArrowError::InvalidArgumentError("damaged row".into()))?;
        }
    }
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len() + 1);
    if !holds_tenant(table) {
        arrays.push(Arc::new(StringArray::new_repeated(tenant, rows.len())));
    }
    for column in columns {
        arrays.push(column.finish()?);
    }
    RecordBatch::try_new(Arc::clone(schema), arrays)
}

enum Cells<'a> {
    Text(&'a StringArray),
    Boolean(&'a BooleanArray),
    Integer(&'a Int64Array),
    Timestamp(&'a TimestampMicrosecondArray),
    Date(&'a Date32Array),
    List(&'a ListArray, &'a StringArray),
    Map(&'a MapArray, &'a StringArray, &'a StringArray),
}

impl<'a> Cells<'a> {
    fn new(kind: ColumnType, array: &'a dyn Array) -> Option<Self> {
        Some(match kind {
            ColumnType::Text => Self::Text(array.as_string_opt()?),
            ColumnType::Boolean => Self::Boolean(array.as_boolean_opt()?),
            ColumnType::Integer => Self::Integer(array.as_primitive_opt::<Int64Type>()?),
            ColumnType::Timestamp => Self::Timestamp(array.as_primitive_opt::<TimestampMicrosecondType>()?),
            ColumnType::Date => Self::Date(array.as_primitive_opt::<Date32Type>()?),
            ColumnType::TextList => {
                let list = array.as_list_opt::<i32>()?;
                Self::List(list, list.values().as_string_opt()?)
            }
            ColumnType::TextMap => {
                let map = array.as_map_opt()?;
                Self::Map(map, map.keys().as_string_opt()?, map.values().as_string_opt()?)
            }
        })
    }

    fn array(&self) -> &'a dyn Array {
        match self {
            Self::Text(array) => *array,
            Self::Boolean(array) => *array,
            Self::Integer(array) => *array,
            Self::Timestamp(array) => *array,
            Self::Date(array) => *array,
            Self::List(array, _) => *array,
            Self::Map(array, ..) => *array,
        }
    }

    fn put(&self, at: usize, out: &mut Vec<u8>) {
        if self.array().is_null(at) {
            return row::put_null(out);
        }
        let range = |offsets: &[i32]| {
            let offset = |at: usize| offsets.get(at).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
            offset(at)..offset(at + 1)
        };
        match self {
            Self::Text(array) => row::put_text(out, array.value(at).as_bytes()),
            Self::Boolean(array) => row::put_boolean(out, array.value(at)),
            Self::Integer(array) => row::put_integer(out, array.value(at)),
            Self::Timestamp(array) => row::put_integer(out, array.value(at)),
            Self::Date(array) => row::put_date(out, array.value(at)),
            Self::List(array, texts) => {
                let range = range(array.value_offsets());
                row::put_entries(out, range.len());
                range.for_each(|entry| row::put_entry(out, texts.value(entry).as_bytes()));
            }
            Self::Map(array, keys, values) => {
                let range = range(array.value_offsets());
                row::put_entries(out, range.len());
                for entry in range {
                    row::put_entry(out, keys.value(entry).as_bytes());
                    row::put_entry(out, values.value(entry).as_bytes());
                }
            }
        }
    }
}

/// Columns as rows, without `tenant_id`; `None` if the columns are not those of [`arrow_schema`].
pub(crate) fn rows_of(table: &TableSchema, batch: &RecordBatch) -> Option<Rows> {
    let skip = usize::from(!holds_tenant(table));
    if batch.num_columns() != table.columns.len() + skip {
        return None;
    }
    let arrays = batch.columns().iter().skip(skip);
    let cells: Option<Vec<_>> =
        table.columns.iter().zip(arrays).map(|(column, array)| Cells::new(column.kind, array.as_ref())).collect();
    let cells = cells?;
    let mut rows = Rows::default();
    for at in 0..batch.num_rows() {
        cells.iter().for_each(|cell| cell.put(at, &mut rows.bytes));
        rows.close_row();
    }
    Some(rows)
}
