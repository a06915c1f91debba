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
    ("microsoft_365.usage_read", "Usage reports can be read.", ""),
    (
        "microsoft_365.usage_role_missing",
        "The account that signed in may not read usage reports: a Cloud Application Administrator may consent to it, \
         and not read them.",
        "Give the account the role Reports Reader; an eligible role that is not active is not enough. Then test again.",
    ),
    (
        "microsoft_365.item_without_id",
        "Microsoft Graph sent entries without an id.",
        "They cannot be told apart and are left out. Try again; if it stays, report it.",
    ),
    (
        "microsoft_365.read_as_a_whole",
        "The parts of the people's list did not add up to what the service counts, so it was read as a whole.",
        "",
    ),
    (
        "microsoft_365.people_incomplete",
        "Not everybody could be read, so groups are missing that only the others have licences from.",
        "See the reason given for users.",
    ),
    ("microsoft_365.person_unnamed", "Lines of {report} name nobody; they cannot be attributed and are left out.", ""),
    (
        "microsoft_365.reports_empty",
        "The reports list nobody. That is no data, and does not mean that nobody is active.",
        "Reports of a new tenant fill within days; run the import again later.",
    ),
    (
        "microsoft_365.reports_absent",
        "This cloud has no usage reports.",
        "Export usage in the admin centre and add it with `beacon usage import`.",
    ),
    (
        "microsoft_365.reports_missing",
        "Some reports could not be read: {reports} ({cause}).",
        "Run the import again; the figures of the other reports are complete.",
    ),
    (
        "microsoft_365.concealed_by_setting",
        "Usage reports conceal names, so use cannot be attributed to people. It is not counted as unused.",
        "The setting is tenant-wide and shows names to everybody who may read reports; ask the representatives of your \
         people first. Then a Global Administrator clears Settings, Org settings, Reports, Display concealed names in \
         the Microsoft 365 admin centre.",
    ),
    (
        "microsoft_365.concealed_by_role",
        "Usage reports conceal names although the tenant does not ask for it: the account's role may not see them.",
        "Give the account that consented the role Reports Reader. Use is not counted as unused meanwhile.",
    ),
    (
        "microsoft_365.concealed_still",
        "Usage reports still conceal names; the tenant's setting has changed and takes effect with the next reports.",
        "Run the import again in two days. Use is not counted as unused meanwhile.",
    ),
    (
        "microsoft_365.concealed_unknown",
        "Usage reports conceal names. Whether by the tenant's setting or by the account's role may not be read.",
        "Grant ReportSettings.Read.All to learn the cause. The setting is tenant-wide; ask the representatives of your \
         people before it is changed. Use is not counted as unused meanwhile.",
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
