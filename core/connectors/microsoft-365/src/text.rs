//! Every word of this connector, by code.

use beacon_contract::Text;
use std::collections::BTreeMap;

const OWN: &[(&str, &str, &str)] = &[
    (
        "microsoft_365.preset_origin",
        "{label} is {value}, but the cloud {cloud} uses {expected}.",
        "Choose the cloud Custom to use other addresses, or clear the field.",
    ),
    (
        "microsoft_365.endpoint_origin",
        "{label} lies on {value}, but this connection signs in at {expected}.",
        "Use an address on the host of the login root; credentials are sent nowhere else.",
    ),
    (
        "microsoft_365.tenant_needed",
        "{label} must name the tenant when an application signs in by itself.",
        "Enter the tenant id or one of its domains; common and organizations stand for no tenant in particular.",
    ),
    (
        "microsoft_365.vendor_app_flow",
        "The vendor's preset app cannot sign in by itself ({value}).",
        "Choose Authorization Code or Device Code, or use an app registered by your organization.",
    ),
    ("microsoft_365.setting_missing", "The setting {field} is empty.", "Edit the connection and save it again."),
    ("microsoft_365.signed_in", "Signed in as {account}.", ""),
    ("microsoft_365.signed_in_application", "The application signed in by itself ({account}).", ""),
    ("microsoft_365.offline", "Later runs need nobody: the sign-in can be renewed.", ""),
    (
        "microsoft_365.not_offline",
        "The sign-in cannot be renewed without a person.",
        "The app must be allowed offline_access. Consent again and accept it.",
    ),
    ("microsoft_365.permissions_granted", "All permissions are granted: {permissions}.", ""),
    (
        "microsoft_365.permissions_missing",
        "Not granted: {permissions}. Without it the import has no {lost}.",
        "Have {granted_by} consent on behalf of the organization.",
    ),
    ("microsoft_365.tenant_read", "The tenant is {tenant} ({tenant_id}).", ""),
    (
        "microsoft_365.other_tenant",
        "This connection is for {expected}, but {tenant} ({tenant_id}) answered.",
        "Correct the tenant in the settings, or sign in with an account of that tenant.",
    ),
    (
        "microsoft_365.tenant_hidden",
        "Microsoft Graph does not tell which tenant this is.",
        "Have an administrator consent to Organization.Read.All.",
    ),
    ("microsoft_365.licences_read", "Products can be read; the tenant has {count}.", ""),
    ("microsoft_365.users_read", "People and their licences can be read.", ""),
    ("microsoft_365.subscriptions_read", "Subscriptions can be read; the first page has {count}.", ""),
    ("microsoft_365.groups_read", "Names of groups can be read.", ""),
    (
        "microsoft_365.item_without_id",
        "Microsoft Graph sent entries without an id.",
        "They cannot be told apart and are left out. Try again; if it stays, report it.",
    ),
    ("microsoft_365.sample", "Only a sample was read.", "Run an import for everything."),
    ("microsoft_365.defect", "The connector made a mistake: {detail}.", "Report it with the log of the run."),
];

/// All texts: of the runtime, of Entra ID, of Graph and of this connector.
pub(crate) fn texts() -> BTreeMap<String, Text> {
    let runtime = beacon_kit::texts().into_iter().chain(beacon_graph::texts());
    let own = OWN.iter().map(|(code, title, advice)| (*code, Text::new(*title, *advice)));
    let named = runtime.chain(own).map(|(code, text)| (code.to_owned(), text));
    named.chain(beacon_entra::texts()).collect()
}
