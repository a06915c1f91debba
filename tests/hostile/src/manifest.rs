//! An honest manifest: what the module says it is and may do.

use crate::Behaviour;
use beacon_contract::{
    CONTRACT_VERSION, ChainRoot, Choice, Continuation, ContractRange, EgressRule, Field, FieldKind, Form, Format,
    GrantKind, IdentifierError, Manifest, Method, OriginPattern, PathPattern, Profile, Slot, SlotKind, TableOrigin,
    TableUse, Template, Text,
};
use std::collections::BTreeMap;

/// The manifest that is packed with the module.
///
/// # Panics
/// When an identifier below is misspelt; then nothing is packed.
#[must_use]
#[expect(clippy::expect_used, reason = "constants of this file, read by a build tool and by tests, never by a guest")]
pub fn manifest() -> Manifest {
    made().expect("the identifiers of this file are well-formed")
}

fn made() -> Result<Manifest, IdentifierError> {
    let graph = OriginPattern::Setting("graph_root".parse()?);
    let login = OriginPattern::Setting("token_endpoint".parse()?);
    Ok(Manifest {
        id: "hostile".parse()?,
        version: "1.0.0".to_owned(),
        contract: ContractRange { minimum: CONTRACT_VERSION, maximum: CONTRACT_VERSION },
        minimum_host: "0.1.0".to_owned(),
        publisher: "tests".to_owned(),
        source_type: "Hostile".to_owned(),
        source_type_aliases: Vec::new(),
        deprecation: None,
        form: form()?,
        profiles: vec![profile()?],
        slots: vec![
            slot("graph_token", SlotKind::Bearer { profile: "graph".parse()? }, &graph)?,
            slot("client_secret", SlotKind::Stored, &login)?,
            slot("client_certificate", SlotKind::Stored, &login)?,
            slot("refresh_token", SlotKind::Stored, &login)?,
        ],
        egress: egress(&graph, &login),
        lanes: Vec::new(),
        chains: chains(&graph)?,
        tables: ["tenant", "users"]
            .into_iter()
            .map(|table| Ok(TableUse { table: table.parse()?, mandatory: true, origin: TableOrigin::Chain }))
            .collect::<Result<_, IdentifierError>>()?,
        texts: texts(),
    })
}

fn form() -> Result<Form, IdentifierError> {
    let text = |id: &str, format, default: Option<&str>| {
        let defaults =
            default.map(|value| beacon_contract::ConditionalDefault { when: Vec::new(), value: Template::new(value) });
        Ok::<_, IdentifierError>(Field {
            id: id.parse()?,
            label: id.to_owned(),
            help: String::new(),
            kind: FieldKind::Text { format },
            required: false,
            defaults: defaults.into_iter().collect(),
            visible_when: Vec::new(),
            advanced: false,
        })
    };
    let choice = |(name, _): &(&str, Behaviour)| Choice {
        value: (*name).to_owned(),
        label: (*name).to_owned(),
        help: String::new(),
    };
    let choices = Behaviour::ALL.iter().map(choice).collect();
    let secret = FieldKind::Secret { slot: "client_secret".parse()? };
    Ok(Form {
        fields: vec![
            Field { kind: FieldKind::Choice { choices }, ..text("behaviour", None, Some("honest"))? },
            text("graph_root", Some(Format::HttpsOrigin), None)?,
            text("token_endpoint", Some(Format::HttpsUrl), None)?,
            text("authorization_endpoint", Some(Format::HttpsUrl), Some("{token_endpoint}"))?,
            text("device_endpoint", Some(Format::HttpsUrl), Some("{token_endpoint}"))?,
            text("client_id", Some(Format::Guid), None)?,
            text("redirect_uri", Some(Format::RedirectUri), Some("http://localhost"))?,
            text("tenant", Some(Format::Tenant), None)?,
            text("permissions", None, Some("all"))?,
            Field { kind: secret, ..text("client_secret", None, None)? },
        ],
    })
}

fn profile() -> Result<Profile, IdentifierError> {
    Ok(Profile {
        id: "graph".parse()?,
        kinds: vec![GrantKind::ClientSecret],
        authorization_endpoint: "authorization_endpoint".parse()?,
        token_endpoint: "token_endpoint".parse()?,
        device_endpoint: "device_endpoint".parse()?,
        client_id: "client_id".parse()?,
        redirect_uri: "redirect_uri".parse()?,
        tenant: "tenant".parse()?,
        tenant_placeholders: vec!["common".to_owned(), "organizations".to_owned()],
        scope_set: "permissions".parse()?,
        scopes: Vec::new(),
        application_scope: Template::new("{graph_root}/.default"),
        claims: Vec::new(),
        refresh_token: "refresh_token".parse()?,
        client_secret: "client_secret".parse()?,
        client_certificate: "client_certificate".parse()?,
    })
}

fn slot(name: &str, kind: SlotKind, origin: &OriginPattern) -> Result<Slot, IdentifierError> {
    Ok(Slot { name: name.parse()?, kind, origins: vec![origin.clone()], label: name.to_owned() })
}

/// Rules wide enough that what stops a misdeed is the rule under test and not the lack of an egress rule.
fn egress(graph: &OriginPattern, login: &OriginPattern) -> Vec<EgressRule> {
    let exact = |origin: &str| OriginPattern::Exact(origin.to_owned());
    let rules = [
        (graph.clone(), "/v1.0/organization"),
        (graph.clone(), "/v1.0/users"),
        (login.clone(), "/common/oauth2/nativeclient"),
        (exact("https://10.0.0.1"), "/v1.0/organization"),
        (exact("https://169.254.169.254"), "/v1.0/organization"),
    ];
    let rule = |(origin, path): (OriginPattern, &str)| {
        let path = PathPattern::new(path).ok()?;
        Some(EgressRule { origin, method: Method::Get, path, repeatable: true, redirect_only: false, lane: None })
    };
    rules.into_iter().filter_map(rule).collect()
}

fn chains(graph: &OriginPattern) -> Result<Vec<ChainRoot>, IdentifierError> {
    let root = |table: &str, path: &str, partition| {
        let Ok(path) = PathPattern::new(path) else { return Ok(None) };
        Ok::<_, IdentifierError>(Some(ChainRoot {
            table: table.parse()?,
            origin: graph.clone(),
            method: Method::Get,
            path,
            query: vec!["$select".to_owned(), "$top".to_owned()],
            partition,
            continuation: Continuation { next: "@odata.nextLink".to_owned(), items: "value".to_owned() },
            item_key: "id".to_owned(),
            count: None,
            lane: None,
        }))
    };
    let by_name =
        beacon_contract::PartitionRule { parameter: "$filter".to_owned(), property: "userPrincipalName".to_owned() };
    Ok([root("tenant", "/v1.0/organization", None)?, root("users", "/v1.0/users", Some(by_name))?]
        .into_iter()
        .flatten()
        .collect())
}

fn texts() -> BTreeMap<String, Text> {
    [
        ("hostile.refused", "The host refused the request: {detail}."),
        ("hostile.got_through", "The host let the request through: {detail}."),
        ("hostile.stopped", "The module could not go on: {detail}."),
        ("hostile.note", "{text}"),
    ]
    .into_iter()
    .map(|(code, title)| (code.to_owned(), Text::new(title, "")))
    .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_manifest_is_accepted_by_its_reader() {
        let manifest = super::manifest();
        let read = beacon_contract::Manifest::from_json(&manifest.to_json()).expect("a manifest");
        assert_eq!(read, manifest);
        assert_eq!((read.egress.len(), read.chains.len()), (5, 2));
    }
}
