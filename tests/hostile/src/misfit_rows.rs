//! Rows that do not fit their table.

use crate::Behaviour;
use beacon_contract::{ColumnBuilder, ColumnType, Done, FrameWriter, Records, TableName, Wish, encode_columns};

/// One text column of these values.
pub(crate) fn texts<'t>(values: impl IntoIterator<Item = Option<&'t str>>) -> ColumnBuilder {
    let mut column = ColumnBuilder::new(ColumnType::Text);
    values.into_iter().for_each(|value| column.text(value));
    column
}

/// A batch of rows of the chain `all`.
pub(crate) fn records(writer: &mut FrameWriter, table: &TableName, rows: u32, columns: &[(&str, &ColumnBuilder)]) {
    let frame = encode_columns(columns.iter().map(|(_, column)| *column));
    write(writer, table, rows, &columns.iter().map(|(name, _)| *name).collect::<Vec<_>>(), &frame);
}

fn write(writer: &mut FrameWriter, table: &TableName, rows: u32, names: &[&str], frame: &[u8]) {
    let Ok(chain) = "all".parse() else { return };
    let columns = names.iter().map(|&name| name.to_owned()).collect();
    Wish::Records(Records { table: table.clone(), chain, rows, columns }, frame).write(writer);
}

/// The whole answer of a behaviour of this family: rows, then `done`.
pub(crate) fn misfit(behaviour: Behaviour) -> Option<Vec<u8>> {
    let mut writer = FrameWriter::new();
    let users: TableName = "users".parse().ok()?;
    let id = texts([Some("00000000-0000-0000-0000-000000000001")]);
    match behaviour {
        Behaviour::UnknownTable => records(&mut writer, &"salaries".parse().ok()?, 1, &[("user_id", &id)]),
        Behaviour::UnknownColumn => records(&mut writer, &users, 1, &[("user_id", &id), ("salary", &id)]),
        Behaviour::HostColumn => {
            let products = "products".parse().ok()?;
            records(&mut writer, &products, 1, &[("sku_id", &id), ("product_name", &id)]);
        }
        Behaviour::MissingColumn => records(&mut writer, &users, 1, &[("display_name", &id)]),
        Behaviour::WrongType => {
            let mut number = ColumnBuilder::new(ColumnType::Integer);
            number.integer(Some(7));
            records(&mut writer, &users, 1, &[("user_id", &number)]);
        }
        Behaviour::NullKey => records(&mut writer, &users, 1, &[("user_id", &texts([None]))]),
        Behaviour::WrongLengths => records(&mut writer, &users, 1_000_000, &[("user_id", &id)]),
        Behaviour::NotUtf8 => {
            let mut frame = encode_columns([&id]);
            if let Some(last) = frame.last_mut() {
                *last = 0xff;
            }
            write(&mut writer, &users, 1, &["user_id"], &frame);
        }
        _ => return None,
    }
    Wish::Done(Done::default()).write(&mut writer);
    Some(writer.finish())
}
