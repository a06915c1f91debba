//! The table `tenant`, and the proof that it is the tenant that is meant.

use crate::manifest::ORGANIZATION;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{Fail, FailKind, Reason};
use beacon_graph::{Chain, Object, Values as _, read_page};
use beacon_kit::{Column, Rows, failure};

const TENANT_ID: Column = Column::of("tenant", "tenant_id");
const DISPLAY_NAME: Column = Column::of("tenant", "display_name");
const DEFAULT_DOMAIN: Column = Column::of("tenant", "default_domain");
const VERIFIED_DOMAINS: Column = Column::of("tenant", "verified_domains");
const COUNTRY_CODE: Column = Column::of("tenant", "country_code");
const TENANT_TYPE: Column = Column::of("tenant", "tenant_type");
const CREATED_AT: Column = Column::of("tenant", "created_at");
const CLOUD: Column = Column::of("tenant", "cloud");
const ON_PREMISES_SYNC_ENABLED: Column = Column::of("tenant", "on_premises_sync_enabled");

fn domains<'v>(organization: Object<'v>) -> Vec<&'v str> {
    sorted(organization.objects("verifiedDomains").filter_map(|domain| domain.text("name")))
}

fn fill(rows: &mut Rows, organization: Object<'_>, id: &str, cloud: Option<&str>) {
    let default = organization.objects("verifiedDomains").find(|domain| domain.flag("isDefault") == Some(true));
    rows.text(TENANT_ID, Some(id));
    rows.text(DISPLAY_NAME, organization.text("displayName"));
    rows.text(DEFAULT_DOMAIN, default.and_then(|domain| domain.text("name")));
    rows.list(VERIFIED_DOMAINS, domains(organization));
    rows.text(COUNTRY_CODE, organization.text("countryLetterCode"));
    rows.text(TENANT_TYPE, organization.text("tenantType"));
    rows.integer(CREATED_AT, organization.moment("createdDateTime"));
    rows.text(CLOUD, cloud);
    rows.boolean(ON_PREMISES_SYNC_ENABLED, organization.flag("onPremisesSyncEnabled"));
    rows.end_row();
}

/// Who answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) name: String,
    domains: Vec<String>,
}

impl Identity {
    fn of(organization: Object<'_>) -> Option<Self> {
        Some(Self {
            id: organization.guid("id")?.into_owned(),
            name: organization.text("displayName").unwrap_or_default().to_owned(),
            domains: domains(organization).into_iter().map(str::to_ascii_lowercase).collect(),
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
    let read = read_page(body, |organization| found = found.take().or_else(|| Identity::of(organization)));
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
            let next = read_page(&page.body, |organization| match Identity::of(organization) {
                Some(identity) => {
                    fill(&mut rows, organization, &identity.id, cloud);
                    found = Some(identity);
                }
                None => nameless += 1,
            })?;
            session.drop_nameless(place, nameless);
            Ok(next)
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
