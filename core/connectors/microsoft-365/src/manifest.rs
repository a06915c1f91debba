//! All this module may ever do.

use crate::form::{EVERYTHING, LICENCES, LICENCES_AND_USAGE, form};
use crate::names::Names;
use crate::text;
use beacon_contract::{
    CONTRACT_VERSION, ChainRoot, Continuation, ContractRange, EgressRule, GrantKind, IdentifierError, Lane, Manifest,
    Method, OriginPattern, PageOf, PartitionRule, PathPattern, Profile, ScopeSet, Slot, SlotKind, SlotName, TableName,
    TableOrigin, TableUse, Template,
};
use beacon_entra::TENANT_PLACEHOLDERS;

type Made<T> = Result<T, IdentifierError>;

/// Paths below the Graph root.
pub(crate) const ORGANIZATION: &str = "/v1.0/organization";
pub(crate) const SUBSCRIBED_SKUS: &str = "/v1.0/subscribedSkus";
pub(crate) const SUBSCRIPTIONS: &str = "/v1.0/directory/subscriptions";
pub(crate) const USERS: &str = "/v1.0/users";
pub(crate) const GET_BY_IDS: &str = "/v1.0/directoryObjects/getByIds";

pub(crate) const USERS_COUNT: &str = "/v1.0/users/$count";
pub(crate) const REPORT_SETTINGS: &str = "/v1.0/admin/reportSettings";

/// Lane of the reports: their limits count by the ten minutes, and a pause there must not hold the directory up.
const REPORTS_LANE: &str = "reports";
/// Lane of the sign-in dates.
const SIGN_INS_LANE: &str = "sign_ins";

const PATHS: [(Method, &str, Option<&str>); 9] = [
    (Method::Get, ORGANIZATION, None),
    (Method::Get, SUBSCRIBED_SKUS, None),
    (Method::Get, SUBSCRIPTIONS, None),
    (Method::Get, USERS, None),
    (Method::Get, USERS_COUNT, None),
    // A query in a body, because a thousand ids do not fit an address: harmless to repeat.
    (Method::Post, GET_BY_IDS, None),
    (Method::Get, REPORT_SETTINGS, Some(REPORTS_LANE)),
    (Method::Get, "/v1.0/reports/*", Some(REPORTS_LANE)),
    (Method::Get, "/v1.0/copilot/reports/*", Some(REPORTS_LANE)),
];

/// Where report functions redirect to; nothing else is ever asked there, and never with a credential.
fn downloads() -> Made<Vec<EgressRule>> {
    let suffix = |suffix: &str| OriginPattern::Suffix(suffix.to_owned());
    let origins = [suffix(".office.com"), suffix(".office365.com"), OriginPattern::Setting("report_root".parse()?)];
    let rule = |origin| {
        let path = PathPattern::new("/**").ok()?;
        let lane = Some(REPORTS_LANE.to_owned());
        Some(EgressRule { origin, method: Method::Get, path, repeatable: true, redirect_only: true, lane })
    };
    Ok(origins.into_iter().filter_map(rule).collect())
}

/// Claims that tell who signed in and what the token holds.
const CLAIMS: [&str; 8] = ["tid", "oid", "name", "preferred_username", "upn", "app_displayname", "scp", "roles"];

const SCOPES: [(&str, &[&str]); 3] = [
    (LICENCES, &["User.Read.All", "Organization.Read.All", "GroupMember.Read.All"]),
    (LICENCES_AND_USAGE, &["Directory.Read.All", "Reports.Read.All"]),
    (
        EVERYTHING,
        &[
            "User.Read.All",
            "Organization.Read.All",
            "GroupMember.Read.All",
            "Reports.Read.All",
            "ReportSettings.Read.All",
            "AuditLog.Read.All",
        ],
    ),
];

/// Makes the manifest.
pub(crate) fn manifest() -> Made<Manifest> {
    let names = Names::ALL;
    let graph = OriginPattern::Setting("graph_root".parse()?);
    // The patterns are constants of this file; a test counts the rules, so that none can fall out here.
    let rule = |(method, path, lane): &(Method, &str, Option<&str>)| {
        let path = PathPattern::new(*path).ok()?;
        let lane = lane.map(str::to_owned);
        Some(EgressRule { origin: graph.clone(), method: *method, path, repeatable: true, redirect_only: false, lane })
    };
    Ok(Manifest {
        id: "microsoft-365".parse()?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        contract: ContractRange { minimum: CONTRACT_VERSION, maximum: CONTRACT_VERSION },
        minimum_host: "0.1.0".to_owned(),
        publisher: "m365-beacon".to_owned(),
        source_type: "Microsoft 365".to_owned(),
        source_type_aliases: Vec::new(),
        deprecation: None,
        form: form()?,
        profiles: vec![profile(&names)?],
        slots: slots(&names)?,
        egress: PATHS.iter().filter_map(rule).chain(downloads()?).collect(),
        // Graph throttling guidance, identity and access reports: 5 requests in 10 seconds.
        lanes: vec![Lane { name: SIGN_INS_LANE.to_owned(), requests: 5, seconds: 10 }],
        chains: chains(&names, &graph),
        tables: tables(&names),
        texts: text::texts(),
    })
}

fn profile(names: &Names) -> Made<Profile> {
    let scope_set = |(name, permissions): &(&str, &[&str])| {
        let graph = permissions.iter().map(|permission| Template::new(format!("{{graph_root}}/{permission}")));
        let scopes = ["openid", "profile", "offline_access"].map(Template::new).into_iter().chain(graph).collect();
        ScopeSet { name: (*name).to_owned(), scopes }
    };
    Ok(Profile {
        id: names.profile.clone(),
        kinds: vec![
            GrantKind::AuthorizationCode,
            GrantKind::DeviceCode,
            GrantKind::RefreshToken,
            GrantKind::ClientSecret,
            GrantKind::ClientCertificate,
        ],
        authorization_endpoint: "authorization_endpoint".parse()?,
        token_endpoint: "token_endpoint".parse()?,
        device_endpoint: "device_endpoint".parse()?,
        client_id: "client_id".parse()?,
        redirect_uri: "redirect_uri".parse()?,
        tenant: "tenant".parse()?,
        tenant_placeholders: TENANT_PLACEHOLDERS.map(str::to_owned).into(),
        scope_set: "permission_set".parse()?,
        scopes: SCOPES.iter().map(scope_set).collect(),
        application_scope: Template::new("{graph_root}/.default"),
        claims: CLAIMS.map(str::to_owned).into(),
        refresh_token: names.refresh_token.clone(),
        client_secret: names.client_secret.clone(),
        client_certificate: names.client_certificate.clone(),
    })
}

fn slots(names: &Names) -> Made<Vec<Slot>> {
    let stored = |name: &SlotName, label: &str| -> Made<Slot> {
        let origins = vec![OriginPattern::Setting("token_endpoint".parse()?)];
        Ok(Slot { name: name.clone(), kind: SlotKind::Stored, origins, label: label.to_owned() })
    };
    Ok(vec![
        Slot {
            name: names.graph.clone(),
            kind: SlotKind::Bearer { profile: names.profile.clone() },
            origins: vec![OriginPattern::Setting("graph_root".parse()?)],
            label: "Access to Microsoft Graph".to_owned(),
        },
        stored(&names.refresh_token, "Refresh Token")?,
        stored(&names.client_secret, "Client Secret")?,
        stored(&names.client_certificate, "Client Certificate")?,
    ])
}

fn chains(names: &Names, graph: &OriginPattern) -> Vec<ChainRoot> {
    let chain = |table: &TableName, method, path: &str, query: &[&str], item_key: &str| {
        let continuation = Continuation { next: "@odata.nextLink".to_owned(), items: "value".to_owned() };
        Some(ChainRoot {
            table: table.clone(),
            origin: graph.clone(),
            method,
            path: PathPattern::new(path).ok()?,
            query: query.iter().map(|name| (*name).to_owned()).collect(),
            partition: None,
            continuation,
            item_key: item_key.to_owned(),
            count: None,
            lane: None,
        })
    };
    let users = chain(&names.users.table, Method::Get, USERS, &["$select", "$top", "$expand", "$count"], "id");
    let sign_ins = chain(&names.sign_ins.table, Method::Get, USERS, &["$select", "$top"], "id");
    let partition = PartitionRule { parameter: "$filter".to_owned(), property: "userPrincipalName".to_owned() };
    [
        chain(&names.tenant.table, Method::Get, ORGANIZATION, &[], "id"),
        chain(&names.products.table, Method::Get, SUBSCRIBED_SKUS, &[], "skuId"),
        chain(&names.subscriptions.table, Method::Get, SUBSCRIPTIONS, &[], "id"),
        users.map(|users| ChainRoot { partition: Some(partition), count: PathPattern::new(USERS_COUNT).ok(), ..users }),
        sign_ins.map(|sign_ins| ChainRoot { lane: Some(SIGN_INS_LANE.to_owned()), ..sign_ins }),
        chain(&names.groups, Method::Post, GET_BY_IDS, &[], "id"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tables(names: &Names) -> Vec<TableUse> {
    let of = |table: &TableName, mandatory, origin| TableUse { table: table.clone(), mandatory, origin };
    let derived =
        |table: &PageOf, from: &PageOf| of(&table.table, true, TableOrigin::Derived { from: from.table.clone() });
    vec![
        of(&names.tenant.table, true, TableOrigin::Chain),
        of(&names.products.table, true, TableOrigin::Chain),
        derived(&names.product_plans, &names.products),
        of(&names.subscriptions.table, false, TableOrigin::Chain),
        of(&names.users.table, true, TableOrigin::Chain),
        derived(&names.assignments, &names.users),
        of(&names.groups, false, TableOrigin::Chain),
        derived(&names.applications, &names.products),
        of(&names.sign_ins.table, false, TableOrigin::Chain),
        of(&names.usage, false, TableOrigin::Report),
        of(&names.activations, false, TableOrigin::Report),
        of(&names.storage, false, TableOrigin::Report),
    ]
}
