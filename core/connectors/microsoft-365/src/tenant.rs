//! The table `tenant`, and the proof that it is the tenant that is meant.

use crate::manifest::ORGANIZATION;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{Fail, FailKind, Reason};
use beacon_graph::{Chain, Flag, Guid, List, Moment, Opaque, Words, read_page};
use beacon_kit::{Column, Rows, failure};
use serde::Deserialize;
use std::borrow::Cow;

const TENANT_ID: Column = Column::of("tenant", "tenant_id");
const DISPLAY_NAME: Column = Column::of("tenant", "display_name");
const DEFAULT_DOMAIN: Column = Column::of("tenant", "default_domain");
const VERIFIED_DOMAINS: Column = Column::of("tenant", "verified_domains");
const COUNTRY_CODE: Column = Column::of("tenant", "country_code");
const TENANT_TYPE: Column = Column::of("tenant", "tenant_type");
const CREATED_AT: Column = Column::of("tenant", "created_at");
const CLOUD: Column = Column::of("tenant", "cloud");
const ON_PREMISES_SYNC_ENABLED: Column = Column::of("tenant", "on_premises_sync_enabled");

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Organization<'a> {
    #[serde(borrow)]
    id: Guid<'a>,
    #[serde(borrow)]
    display_name: Words<'a>,
    #[serde(borrow)]
    verified_domains: List<Opaque<Domain<'a>>>,
    #[serde(borrow)]
    country_letter_code: Words<'a>,
    #[serde(borrow)]
    tenant_type: Words<'a>,
    created_date_time: Moment,
    on_premises_sync_enabled: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Domain<'a> {
    #[serde(borrow)]
    name: Words<'a>,
    is_default: Flag,
}

impl Organization<'_> {
    fn domains(&self) -> Vec<&str> {
        sorted(self.verified_domains.0.iter().filter_map(|domain| domain.0.name.get()))
    }

    fn fill(&self, rows: &mut Rows, cloud: Option<&str>) {
        let default = self.verified_domains.0.iter().find(|domain| domain.0.is_default.0 == Some(true));
        rows.text(TENANT_ID, self.id.get());
        rows.text(DISPLAY_NAME, self.display_name.get());
        rows.text(DEFAULT_DOMAIN, default.and_then(|domain| domain.0.name.get()));
        rows.list(VERIFIED_DOMAINS, self.domains());
        rows.text(COUNTRY_CODE, self.country_letter_code.get());
        rows.text(TENANT_TYPE, self.tenant_type.get());
        rows.integer(CREATED_AT, self.created_date_time.0);
        rows.text(CLOUD, cloud);
        rows.boolean(ON_PREMISES_SYNC_ENABLED, self.on_premises_sync_enabled.0);
        rows.end_row();
    }
}

/// Who answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) name: String,
    domains: Vec<String>,
}

impl Identity {
    fn of(organization: &Organization<'_>) -> Option<Self> {
        Some(Self {
            id: organization.id.get()?.to_owned(),
            name: organization.display_name.get().unwrap_or_default().to_owned(),
            domains: organization.domains().into_iter().map(str::to_ascii_lowercase).collect(),
        })
    }

    /// Whether this is the tenant that the settings name and that the token belongs to. The driver pins the tenant
    /// of the first consent; this compares with what Graph itself says.
    ///
    /// # Errors
    /// The failure that names both.
    pub(crate) fn verify(&self, session: &Session<'_>) -> Result<(), Fail> {
        let named = session.run.settings().text("tenant").map(str::to_ascii_lowercase);
        let is_this = |tenant: &String| *tenant == self.id || self.domains.contains(tenant);
        match [named, session.token_tenant()].into_iter().flatten().find(|tenant| !is_this(tenant)) {
            None => Ok(()),
            Some(expected) => {
                let reason = Reason::new("microsoft_365.other_tenant").with("expected", expected);
                Err(failure(FailKind::Settings, reason.with("tenant", &self.name).with("tenant_id", &self.id)))
            }
        }
    }
}

/// Reads the organisation from the body of a response.
pub(crate) fn identity(body: &[u8]) -> Option<Identity> {
    let mut found = None;
    let read = read_page(body, |organization: Opaque<Organization<'_>>| {
        found = found.take().or_else(|| Identity::of(&organization.0));
    });
    read.ok().and(found)
}

/// The failure when `/organization` tells nothing.
pub(crate) fn hidden() -> Fail {
    failure(FailKind::Consent, Reason::new("microsoft_365.tenant_hidden"))
}

/// Reads the tenant into its table.
///
/// # Errors
/// The run cannot go on without it.
pub(crate) async fn read(session: &Session<'_>) -> Result<Identity, Fail> {
    let place = &session.names.tenant;
    let mut rows = session.rows(place)?;
    let cloud = session.run.settings().text("cloud");
    let mut found = None;
    let mut chain = Chain::new(session.run, &session.names.graph, place, session.url(ORGANIZATION));
    let read = chain
        .read_to_end(|page| {
            let mut nameless = 0;
            let next =
                read_page(&page.body, |organization: Opaque<Organization<'_>>| match Identity::of(&organization.0) {
                    Some(identity) => {
                        organization.0.fill(&mut rows, cloud);
                        found = Some(identity);
                    }
                    None => nameless += 1,
                })?;
            session.drop_nameless(place, nameless);
            Ok(next.map(Cow::into_owned))
        })
        .await;
    if read.is_ok() {
        let identity = found.as_ref().ok_or_else(hidden)?;
        identity.verify(session)?;
        session.run.emit(&mut rows);
    }
    session.end_mandatory(&[place], chain.pages(), read, &session.need_organization())?;
    found.ok_or_else(hidden)
}
