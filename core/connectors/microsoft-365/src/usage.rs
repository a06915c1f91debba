//! The tables `usage`, `activations` and `storage`, from the usage reports. A run can do without them.
//!
//! A report that lists nobody is "no data", not "nobody active"; a concealed person is "not attributable", not "unused".

use crate::manifest::REPORT_SETTINGS;
use crate::names::defect;
use crate::report_catalog::{REPORTS, Report, Target};
use crate::report_rows::Sink;
use crate::session::Session;
use beacon_contract::{ChainId, Fail, NoteLevel, PageOf, Reason, TableEnd, TableName, TableStatus};
use beacon_graph::{Need, Object, Trouble, read_report};
use beacon_json::Tape;
use beacon_kit::{join_all, join2};
use std::cell::RefCell;

/// How one report ended.
struct Ended {
    report: &'static Report,
    lines: u64,
    concealed: u64,
    read: Result<(), Trouble>,
}

/// Reads all reports side by side.
///
/// # Errors
/// Only by a defect; whatever Graph refuses is the reason of a table.
pub(crate) async fn read(session: &Session<'_>) -> Result<(), Fail> {
    let need = session.need_reports();
    let names = &session.names;
    let tables =
        [(Target::Usage, &names.usage), (Target::Activations, &names.activations), (Target::Storage, &names.storage)];
    if need.is_known_missing() {
        tables.iter().for_each(|(_, table)| session.end_optional(table, 0, Err(need.missing()), &need));
        return Ok(());
    }
    let reports = join_all(REPORTS.iter().map(|report| one(session, report)));
    let (ended, settings) = join2(reports, conceals(session)).await;
    let ended = ended.into_iter().collect::<Result<Vec<_>, Fail>>()?;
    let why = Reason::new(why_concealed(settings, session));
    let conceals = |ended: &&Ended| ended.concealed > 0;
    for (target, table) in tables {
        let of_table: Vec<&Ended> = ended.iter().filter(|ended| ended.report.target == target).collect();
        let (status, reason) = verdict(&of_table, &need);
        let concealed = of_table.iter().any(conceals).then(|| why.clone());
        session.run.end(TableEnd { table: table.clone(), status, reason, concealed });
    }
    if ended.iter().any(|ended| conceals(&ended)) {
        session.run.note(NoteLevel::Warning, why);
    }
    Ok(())
}

/// Whether the tenant conceals names, `None` if that may not be read.
async fn conceals(session: &Session<'_>) -> Option<bool> {
    let response = session.ask(REPORT_SETTINGS).await.ok()?;
    let mut tape = Tape::new();
    let settings = tape.whole(std::str::from_utf8(&response.body).ok()?).ok()?.object();
    // Documented within `value`, seen at the top as well.
    let conceals = |settings: Object<'_>| settings.flag("displayConcealedNames");
    conceals(settings.object("value")).or_else(|| conceals(settings))
}

fn why_concealed(setting: Option<bool>, session: &Session<'_>) -> &'static str {
    match setting {
        Some(true) => "microsoft_365.concealed_by_setting",
        Some(false) if session.granted.kind.is_application() => "microsoft_365.concealed_still",
        Some(false) => "microsoft_365.concealed_by_role",
        None => "microsoft_365.concealed_unknown",
    }
}

async fn one(session: &Session<'_>, report: &'static Report) -> Result<Ended, Fail> {
    let names = &session.names;
    let table = match report.target {
        Target::Usage => &names.usage,
        Target::Activations => &names.activations,
        Target::Storage => &names.storage,
    };
    let chain = ChainId::new(report.chain()).map_err(|error| defect(&error))?;
    let place = PageOf { table: table.clone(), chain };
    let mut rows = session.rows(&place)?;
    let sink =
        Sink { rows: &mut rows, function: report.function, days: report.days, lines: 0, unnamed: 0, concealed: 0 };
    let sink = RefCell::new(sink);
    let request = session.run.get(session.url(&report.path())).slot(&names.graph).page_of(&place);
    let read = match request.stream().await {
        Ok(stream) => {
            let each = |line: &beacon_graph::Line<'_>| (report.fill)(line, &mut sink.borrow_mut());
            let hand_over = || session.run.emit(sink.borrow_mut().rows);
            read_report(stream, report.columns, each, hand_over).await
        }
        Err(failed) => Err(Trouble::Failed(failed)),
    };
    let Sink { lines, unnamed, concealed, .. } = sink.into_inner();
    session.run.drops(&place, unnamed, Reason::new("microsoft_365.person_unnamed").with("report", report.function));
    // Where there is no such report, it is not missing.
    let read = match read {
        Err(trouble) if report.may_be_absent() && trouble.is_absent() => Ok(()),
        read => read,
    };
    Ok(Ended { report, lines, concealed, read })
}

/// The end of a table from the ends of its reports.
fn verdict(ended: &[&Ended], need: &Need<'_>) -> (TableStatus, Option<Reason>) {
    let troubles = || ended.iter().filter_map(|ended| ended.read.as_ref().err().map(|trouble| (ended.report, trouble)));
    let lines: u64 = ended.iter().map(|ended| ended.lines).sum();
    let Some((_, first)) = troubles().next() else {
        let empty = || (TableStatus::Skipped, Some(Reason::new("microsoft_365.reports_empty")));
        return if lines == 0 { empty() } else { (TableStatus::Complete, None) };
    };
    if lines == 0 {
        let absent = first.is_absent().then(|| Reason::new("microsoft_365.reports_absent"));
        return (TableStatus::Skipped, Some(absent.unwrap_or_else(|| first.reason(need))));
    }
    let mut missing: Vec<&str> = troubles().map(|(report, _)| report.function).collect();
    missing.dedup();
    let reason = first.reason(need);
    let named =
        Reason::new("microsoft_365.reports_missing").with("reports", missing.join(", ")).with("cause", reason.code);
    (TableStatus::Partial, Some(named))
}

/// The tables of this file, for tasks that leave them out.
pub(crate) fn tables<'n>(session: &'n Session<'_>) -> [&'n TableName; 3] {
    let names = &session.names;
    [&names.usage, &names.activations, &names.storage]
}
