//! What the reader of this project makes of a message, in the words of the vectors.

use super::columns;
use super::vector::Direction;
use beacon_contract::{
    ColumnError, Event, EventError, FrameError, FrameWriter, Manifest, ManifestError, Records, Wish, WishError,
    WishLimits, decode_columns, decode_events, decode_wishes, encode_columns,
};
use serde_json::{Value, json};

/// The entries of a meaning, or the code of the first error.
pub(super) fn meaning(direction: Direction, message: &[u8]) -> Result<Vec<Value>, String> {
    match direction {
        Direction::Events => Ok(decode_events(message).map_err(code_of_events)?.iter().map(event).collect()),
        Direction::Wishes => wishes(message)?.iter().map(wish).collect(),
        Direction::Manifest => manifest(message).map(|manifest| vec![manifest]),
    }
}

/// What the writer makes of what the reader found.
pub(super) fn rewritten(direction: Direction, message: &[u8]) -> Result<Vec<u8>, String> {
    let mut writer = FrameWriter::new();
    match direction {
        Direction::Events => {
            decode_events(message).map_err(code_of_events)?.iter().for_each(|event| event.write(&mut writer));
        }
        Direction::Wishes => {
            for wish in wishes(message)? {
                match wish {
                    Wish::Records(records, frame) => {
                        let frame = columns_again(&records, frame)?;
                        Wish::Records(records, &frame).write(&mut writer);
                    }
                    other => other.write(&mut writer),
                }
            }
        }
        Direction::Manifest => panic!("a manifest is no message of frames"),
    }
    Ok(writer.finish())
}

fn wishes(message: &[u8]) -> Result<Vec<Wish<'_>>, String> {
    decode_wishes(message, WishLimits::default()).map_err(code_of_wishes)
}

fn manifest(message: &[u8]) -> Result<Value, String> {
    let written = Manifest::from_json(message).map_err(code_of_manifest)?.to_json();
    Ok(serde_json::from_slice(&written).expect("JSON"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn event(event: &Event<'_>) -> Value {
    match event {
        Event::Start(start) => json!({"event": "start", "header": start}),
        Event::Head(head) => json!({"event": "head", "header": head}),
        Event::Chunk { id, bytes } => json!({"event": "chunk", "header": {"id": id}, "bytes": hex(bytes)}),
        Event::End { id } => json!({"event": "end", "header": {"id": id}}),
        Event::Failed(failed) => json!({"event": "failed", "header": failed}),
        Event::Granted(granted) => json!({"event": "granted", "header": granted}),
        Event::Refused(refused) => json!({"event": "refused", "header": refused}),
        Event::Cancel => json!({"event": "cancel"}),
    }
}

fn wish(wish: &Wish<'_>) -> Result<Value, String> {
    Ok(match wish {
        Wish::Http(http, body) if http.body => json!({"wish": "http", "header": http, "body": hex(body)}),
        Wish::Http(http, _) => json!({"wish": "http", "header": http}),
        Wish::Grant(grant) => json!({"wish": "grant", "header": grant}),
        Wish::Records(records, frame) => {
            json!({"wish": "records", "header": records, "columns": columns_of(records, frame)?})
        }
        Wish::Drops(drops) => json!({"wish": "drops", "header": drops}),
        Wish::ChainReset(chain) => json!({"wish": "chain_reset", "header": chain}),
        Wish::TableEnd(end) => json!({"wish": "table_end", "header": end}),
        Wish::FieldErrors(errors) => json!({"wish": "field_errors", "header": errors}),
        Wish::CheckResult(result) => json!({"wish": "check_result", "header": result}),
        Wish::Note(note) => json!({"wish": "note", "header": note}),
        Wish::Progress(progress) => json!({"wish": "progress", "header": progress}),
        Wish::Done(done) => json!({"wish": "done", "header": done}),
        Wish::Fail(fail) => json!({"wish": "fail", "header": fail}),
    })
}

fn rows(records: &Records) -> usize {
    records.rows.try_into().expect("few rows")
}

fn columns_of(records: &Records, frame: &[u8]) -> Result<Vec<Value>, String> {
    let views = decode_columns(frame, records.rows, records.columns.len()).map_err(code_of_columns)?;
    let column = |(name, view): (&String, _)| {
        let values = columns::values(view, rows(records));
        json!({"name": name, "type": columns::name(view.kind), "values": values})
    };
    Ok(records.columns.iter().zip(&views).map(column).collect())
}

fn columns_again(records: &Records, frame: &[u8]) -> Result<Vec<u8>, String> {
    let views = decode_columns(frame, records.rows, records.columns.len()).map_err(code_of_columns)?;
    let builders: Vec<_> =
        views.iter().map(|view| columns::built(view.kind, &columns::values(view, rows(records)))).collect();
    Ok(encode_columns(&builders))
}

fn code_of(error: &FrameError) -> &'static str {
    match error {
        FrameError::CutHeader { .. } => "frame.cut_header",
        FrameError::CutPayload { .. } => "frame.cut_payload",
        FrameError::Reserved { .. } => "frame.reserved",
    }
}

fn code_of_events(error: EventError) -> String {
    match error {
        EventError::Frame(error) => code_of(&error),
        EventError::Header { .. } => "event.header",
        EventError::Chunk { .. } => "event.chunk",
        EventError::Unknown { .. } => "event.unknown",
        EventError::Limit => "event.limit",
    }
    .to_owned()
}

fn code_of_wishes(error: WishError) -> String {
    match error {
        WishError::Frame(error) => code_of(&error),
        WishError::Header { .. } => "wish.header",
        WishError::Limit { .. } => "wish.limit",
        WishError::Payload { .. } => "wish.payload",
        WishError::Unknown { .. } => "wish.unknown",
    }
    .to_owned()
}

fn code_of_columns(error: ColumnError) -> String {
    match error {
        ColumnError::Cut { .. } => "columns.cut",
        ColumnError::Layout { .. } => "columns.layout",
        ColumnError::Length { .. } => "columns.length",
        ColumnError::Offsets { .. } => "columns.offsets",
        ColumnError::Utf8 { .. } => "columns.utf8",
        ColumnError::Rest { .. } => "columns.rest",
    }
    .to_owned()
}

fn code_of_manifest(error: ManifestError) -> String {
    match error {
        ManifestError::Json(_) => "manifest.json",
        ManifestError::Contract(_) => "manifest.contract",
        ManifestError::Inconsistent(_) => "manifest.inconsistent",
    }
    .to_owned()
}
