//! Every name that the connector shares with the driver, made once.

use beacon_contract::{ChainId, Fail, FailKind, IdentifierError, PageOf, ProfileId, Reason, SlotName, TableName};
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

impl Names {
    pub(crate) fn new() -> Result<Self, IdentifierError> {
        let whole = |table: &str| Ok(PageOf { table: table.parse()?, chain: "all".parse()? });
        Ok(Self {
            profile: "graph".parse()?,
            graph: "graph".parse()?,
            refresh_token: "refresh_token".parse()?,
            client_secret: "client_secret".parse()?,
            client_certificate: "client_certificate".parse()?,
            tenant: whole("tenant")?,
            products: whole("products")?,
            product_plans: whole("product_plans")?,
            applications: whole("applications")?,
            subscriptions: whole("subscriptions")?,
            users: whole("users")?,
            assignments: whole("assignments")?,
            groups: "groups".parse()?,
            sign_ins: whole("sign_ins")?,
            usage: "usage".parse()?,
            activations: "activations".parse()?,
            storage: "storage".parse()?,
        })
    }

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
