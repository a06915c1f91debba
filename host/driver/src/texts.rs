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
        "proxy.name_not_found" => (
            "The name of the proxy leads nowhere ({message}).",
            "Check the proxy server for a typing mistake. If it is right, whoever runs this machine's network has to \
             make the name known.",
        ),
        "proxy.unreachable" => (
            "The proxy cannot be reached ({message}).",
            "Check host and port of the proxy. If they are right, whoever runs it has to start it, or to let this \
             machine through to it.",
        ),
        "proxy.silent" => (
            "The proxy took the connection and then did not answer ({message}).",
            "Try again later. If it stays, whoever runs the proxy has to look why, or the port belongs to something \
             else.",
        ),
        "proxy.cut" => (
            "The proxy ended the connection without an answer ({message}).",
            "Try again later. If it stays: a proxy that wants TLS needs https:// before its host; otherwise whoever \
             runs the proxy has to look why.",
        ),
        "proxy.untrusted" => (
            "The certificate of the proxy is not trusted ({message}).",
            "Get the certificate of the authority that signed it from whoever runs the proxy, and name that file with \
             --ca-file.",
        ),
        "proxy.no_tls" => (
            "The proxy does not speak TLS at this port ({message}).",
            "Write http:// in place of https:// before its host, or ask whoever runs it for its TLS port.",
        ),
        "proxy.no_http" => (
            "What answers at the address of the proxy is no HTTP proxy ({message}).",
            "Check host and port. If the proxy wants TLS, write https:// before its host.",
        ),
        "proxy.credentials_missing" => (
            "The proxy asks for a user name and a password, and they are not both stored ({message}).",
            "Ask whoever runs the proxy for an account, and enter its user name and password where the proxy is set.",
        ),
        "proxy.credentials_refused" => (
            "The proxy does not accept the user name or the password ({message}).",
            "Enter both again where the proxy is set. If they are right, whoever runs the proxy has to look at the \
             account: it may have expired, be locked, or not be allowed to use the proxy. They were tried once only.",
        ),
        "proxy.sign_in_not_spoken" => (
            "The proxy wants a way to sign in that is not spoken here ({message}).",
            "Only Basic is. Have whoever runs the proxy let this machine through to the hosts in docs/operations.md \
             without a sign-in, or offer Basic for one account; or run a relay that signs in (such as cntlm or px) \
             beside this program, and name that as the proxy.",
        ),
        "proxy.host_refused" => (
            "The proxy does not let a host through ({message}).",
            "Have whoever runs the proxy allow the host named here. docs/operations.md lists all that are needed.",
        ),
        "proxy.host_not_reached" => (
            "The proxy could not reach a host ({message}).",
            "Try again later. If it stays, whoever runs the proxy has to check its own name service and way out.",
        ),
        "proxy.status" => {
            ("The proxy opened no way and did not say why ({message}).", "Show this to whoever runs the proxy.")
        }
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

#[cfg(test)]
mod tests {
    use super::driver_text;

    #[test]
    fn every_code_of_a_proxy_has_words_that_repeat_what_happened() {
        for code in crate::http::PROXY_CODES {
            let text = driver_text(code).unwrap_or_else(|| panic!("{code} has no words"));
            assert!(text.title.contains("({message})") && text.advice.ends_with('.'), "{text:?}");
        }
    }
}
