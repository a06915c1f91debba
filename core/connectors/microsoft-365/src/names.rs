//! Every name that the connector shares with the driver, made once.

use beacon_contract::{ChainId, Fail, FailKind, PageOf, ProfileId, Reason, SlotName, TableName};
use beacon_kit::failure;

/// Tables, chains, slots and the profile.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) profile: ProfileId,
    pub(crate) graph: SlotName,
    pub(crate) refresh_token: SlotName,
    pub(crate) client_secret: SlotName,
    pub(crate) client_certificate: SlotName,
    pub(crate) tenant: PageOf,
    pub(crate) products: PageOf,
    pub(crate) product_plans: PageOf,
    pub(crate) applications: PageOf,
    pub(crate) subscriptions: PageOf,
    pub(crate) users: PageOf,
    pub(crate) assignments: PageOf,
    pub(crate) groups: TableName,
    pub(crate) sign_ins: PageOf,
    pub(crate) usage: TableName,
    pub(crate) activations: TableName,
    pub(crate) storage: TableName,
}

const fn whole(table: &'static str) -> PageOf {
    PageOf { table: TableName::known(table), chain: ChainId::known("all") }
}

impl Names {
    pub(crate) const ALL: Self = Self {
        profile: ProfileId::known("graph"),
        graph: SlotName::known("graph"),
        refresh_token: SlotName::known("refresh_token"),
        client_secret: SlotName::known("client_secret"),
        client_certificate: SlotName::known("client_certificate"),
        tenant: whole("tenant"),
        products: whole("products"),
        product_plans: whole("product_plans"),
        applications: whole("applications"),
        subscriptions: whole("subscriptions"),
        users: whole("users"),
        assignments: whole("assignments"),
        groups: TableName::known("groups"),
        sign_ins: whole("sign_ins"),
        usage: TableName::known("usage"),
        activations: TableName::known("activations"),
        storage: TableName::known("storage"),
    };

    /// The chain of the n-th batch of group ids.
    pub(crate) fn group_batch(&self, number: usize) -> Result<PageOf, Fail> {
        let chain = ChainId::new(format!("batch-{number}")).map_err(|error| defect(&error))?;
        Ok(PageOf { table: self.groups.clone(), chain })
    }
}

/// The end of a run by a mistake of this module.
pub(crate) fn defect(detail: &dyn std::fmt::Display) -> Fail {
    failure(FailKind::Defect, Reason::new("microsoft_365.defect").with("detail", detail))
}
