//! What a reader of the figures must know, from the manifest of a package.

use beacon_api::DataNotice;
use beacon_contract::TableStatus;
use beacon_package::{BeaconBlock, Explained, TableReport};
use jiff::civil::Date;

/// Figures that are older than this at the end of an import are doubtful: Microsoft's reports are two or three days
/// late, seldom more.
const OLD_AFTER_DAYS: i32 = 7;

/// Tables as people call them.
fn called(table: &str) -> String {
    table.replace('_', " ")
}

/// The first sentence, and what follows it.
fn sentences(text: &str) -> (String, String) {
    match text.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), rest.trim().to_owned()),
        None => (text.trim().to_owned(), String::new()),
    }
}

fn explained(explained: Option<&Explained>) -> (String, String) {
    let Some(explained) = explained else { return (String::new(), String::new()) };
    if explained.text.is_empty() { (explained.reason.code.clone(), String::new()) } else { sentences(&explained.text) }
}

fn notice(code: &str, connection: &str, title: String, advice: String, warning: bool) -> DataNotice {
    let connection_name = connection.to_owned();
    DataNotice { code: code.to_owned(), connection_name, title: title.trim().to_owned(), advice, warning }
}

/// All of them, in the order in which they should be read: what is missing, what is concealed, of which day it is.
pub(crate) fn notices(block: &BeaconBlock) -> Vec<DataNotice> {
    let connection = block.connection.as_str();
    let mut notices = Vec::new();
    for (table, report) in &block.tables {
        let (why, advice) = explained(report.reason.as_ref());
        let name = called(table);
        match report.status {
            TableStatus::Complete => {}
            TableStatus::Partial => {
                let title = format!("The table {name} is not complete. {why}");
                notices.push(notice("table.partial", connection, title, advice, true));
            }
            TableStatus::Skipped => {
                let title = format!("The table {name} was not imported. {why}");
                notices.push(notice("table.skipped", connection, title, advice, report.mandatory));
            }
        }
    }
    for (table, report) in &block.tables {
        if let Some(concealed) = &report.concealed {
            let (why, advice) = explained(Some(concealed));
            let title = format!("Names in {} are concealed, so figures cannot be told by person. {why}", called(table));
            notices.push(notice("usage.concealed", connection, title, advice, true));
        }
    }
    notices.extend(block.tables.iter().filter_map(|(table, report)| dates(block, table, report)));
    notices
}

fn dates(block: &BeaconBlock, table: &str, report: &TableReport) -> Option<DataNotice> {
    let dates = report.refreshed_on?;
    let span = if dates.oldest == dates.newest {
        format!("of {}", dates.newest)
    } else {
        format!("of {} to {}", dates.oldest, dates.newest)
    };
    let finished: Option<Date> = block.finished_at.get(..10).and_then(|day| day.parse().ok());
    let age = finished.and_then(|finished| finished.since(dates.oldest).ok()).map(|span| span.get_days());
    let is_old = age.is_some_and(|days| days > OLD_AFTER_DAYS);
    let advice = if is_old {
        "Microsoft had no newer report, or an imported file is old. Import again, or import a newer file."
    } else {
        ""
    };
    let title = format!("The figures in {} are {span}.", called(table));
    Some(notice("report.date", &block.connection, title, advice.to_owned(), is_old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_title() {
        let text = "The report was refused. Grant Reports.Read.All. Then import again.";
        let expected = ("The report was refused.".to_owned(), "Grant Reports.Read.All. Then import again.".to_owned());
        assert_eq!(sentences(text), expected);
        assert_eq!(sentences("Refused"), ("Refused".to_owned(), String::new()));
    }
}
