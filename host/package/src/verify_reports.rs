//! Checking what a manifest says about a table from reports.

use crate::beacon_block::TableReport;
use crate::finding::{FindingCode, Findings};
use crate::report_facts::ReportFacts;

/// Compares the report of a table with its `rows` rows. What a report leaves out, it does not claim: packages of
/// earlier versions say less.
pub(crate) fn check_reports(
    table: &str,
    report: &TableReport,
    rows: u64,
    facts: &ReportFacts,
    findings: &mut Findings,
) {
    let mut differ = |what: String| findings.add(FindingCode::FactsDiffer, Some(table), || what);
    if let Some(named) = report.refreshed_on
        && facts.refreshed_on() != Some(named)
    {
        differ(format!("the rows are not as of {} to {}, as the manifest says", named.oldest, named.newest));
    }
    if let Some(people) = report.people {
        for (what, counted, named) in
            [("with a user_id", facts.matched, people.matched), ("concealed", facts.concealed, people.concealed)]
        {
            if counted != named {
                differ(format!("{counted} rows are {what} where the manifest says {named}"));
            }
        }
        let sum = [people.matched, people.concealed, people.unmatched, people.ambiguous];
        if sum.into_iter().try_fold(0u64, u64::checked_add) != Some(rows) {
            differ(format!("the counts of people in the manifest do not add up to {rows} rows"));
        }
    }
    if report.concealed.is_some() && facts.concealed == 0 {
        differ("no row is concealed, but the manifest says why".to_owned());
    }
}
