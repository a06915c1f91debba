//! Ids as types, so that a group is never taken for a user.

use uuid::Uuid;

macro_rules! guid_newtype {
    ($($(#[$documentation:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$documentation])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+};
}

guid_newtype! {
    /// Object id of a person (or guest, room, shared mailbox).
    UserId,
    /// Object id of a group.
    GroupId,
    /// `skuId` of a product.
    SkuId,
    /// `servicePlanId`.
    PlanId,
    /// Id of a commercial subscription in the directory.
    SubscriptionId,
    /// Directory id of a tenant.
    TenantId,
    /// `appId`, the client id of an app registration.
    ClientId,
}
