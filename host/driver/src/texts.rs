//! The driver's own words, by code. Modules bring theirs in the manifest.

use beacon_contract::Text;

/// The text of a code that the driver itself uses.
#[must_use]
pub fn driver_text(code: &str) -> Option<Text> {
    let (title, advice) = match code {
        "ledger.not_ended" => {
            ("The connector did not say that this table is finished.", "Report it to the publisher of the connector.")
        }
        "ledger.no_root" => (
            "The connector never asked for the list behind this table.",
            "Report it to the publisher of the connector.",
        ),
        "ledger.not_a_root" => (
            "The connector began a list at an address that its manifest does not name.",
            "Report it to the publisher of the connector.",
        ),
        "ledger.not_a_continuation" => (
            "The connector asked for a page that no earlier page named.",
            "Report it to the publisher of the connector.",
        ),
        "ledger.continuation_not_followed" => (
            "A page named another one that was never read ({pages} pages were).",
            "Run the import again; if it stays, report it.",
        ),
        "ledger.last_page_not_seen" => {
            ("The last page was not seen ({pages} pages were).", "Run the import again; if it stays, report it.")
        }
        "ledger.unreadable_page" => {
            ("A page could not be checked: {detail}.", "Run the import again; if it stays, report it.")
        }
        "ledger.partitions_leave_gap" => {
            ("The list was read in parts that leave a gap.", "Report it to the publisher of the connector.")
        }
        "ledger.items_without_row" => (
            "The pages held {items} different items, the table has {rows} rows and {drops} were declared as left out.",
            "Run the import again; if it stays, report it to the publisher of the connector.",
        ),
        "ledger.count_missing" => (
            "The list was read in parts, and the service did not say how many items there were before and after.",
            "Run the import again; it then reads the list as a whole if this stays.",
        ),
        "ledger.count_disagrees" => (
            "{items} different items came, but the service counted {before} before and {after} after reading.",
            "Somebody may have been renamed meanwhile. Run the import again.",
        ),
        "ledger.report_missing" => (
            "{asked} reports were asked for and {whole} arrived whole.",
            "Run the import again; if it stays, report it.",
        ),
        "ledger.source_incomplete" => {
            ("It is taken from the table {table}, which is not complete.", "See the reason given there.")
        }
        "ledger.not_one_tenant" => {
            ("A package is about one tenant, but {rows} were found.", "Check the settings of the connection.")
        }
        "ledger.no_reason_given" => ("The connector gave no reason.", "Report it to the publisher of the connector."),
        "people.concealed_unexplained" => (
            "Names in this table are concealed, and nobody said why.",
            "Ask whoever made the files, or report it to the publisher of the connector.",
        ),
        "usage.only_from_files" => (
            "The connector read no usage; there is only what was imported from files.",
            "See the manifest for the files. The connection's test says why reports cannot be read.",
        ),
        "run.wrong_tenant" => (
            "Another tenant answered than the one this connection belongs to.",
            "Sign in with an account of this tenant, or add a connection for the other one.",
        ),
        "run.replay" => {
            ("An interrupted run could not be continued.", "Run the import again; it then starts from its beginning.")
        }
        "run.journal" | "run.spool" | "package.storage" => (
            "Files of the run cannot be written.",
            "Check free space and permissions of the data folder, then run again.",
        ),
        "module.stalled"
        | "module.rule"
        | "module.unreadable_wishes"
        | "module.unreadable_rows"
        | "module.rows"
        | "run.host" => {
            ("The connector module misbehaved and was stopped.", "Nothing was published. Report it to its publisher.")
        }
        code if code.starts_with("sandbox.") => {
            ("The connector module was stopped by the sandbox.", "Nothing was published. Report it to its publisher.")
        }
        _ => return None,
    };
    Some(Text::new(title, advice))
}
