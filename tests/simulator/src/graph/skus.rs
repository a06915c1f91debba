//! The tenant itself, its products, and its commercial subscriptions.

use super::access::Caller;
use super::error::GraphError;
use super::paging::{PageRequest, stray_link};
use super::query::{Options, Supported, unknown_property};
use super::reply;
use crate::catalog::ServicePlan;
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::json::JsonWriter;
use crate::tenant::Stop;
use crate::world::World;
use axum::body::Body;
use axum::http::Response;

/// Permissions that open the tenant's own data.
const ORGANIZATION: [&str; 2] = ["Organization.Read.All", "Directory.Read.All"];

/// Checks `$select` against the known names and tells whether a property is wanted.
fn selector<'a>(options: &'a Options, known: &[&str], entity: &str) -> Result<impl Fn(&str) -> bool + 'a, GraphError> {
    let names = options.select.as_deref();
    for name in names.into_iter().flatten() {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(unknown_property(name, entity));
        }
    }
    Ok(move |property: &str| names.is_none_or(|names| names.iter().any(|name| name.eq_ignore_ascii_case(property))))
}

/// `GET /organization`.
pub(super) fn organization(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    let full = caller.has_any(&ORGANIZATION);
    if !full {
        // A person may always see the name of their own organisation.
        caller.require(if caller.person.is_some() { &["User.Read", "User.Read.All"] } else { &ORGANIZATION })?;
    }
    let options = Options::read(exchange, Supported::Collection)?;
    const KNOWN: [&str; 23] = [
        "id",
        "displayName",
        "verifiedDomains",
        "countryLetterCode",
        "country",
        "city",
        "state",
        "street",
        "postalCode",
        "preferredLanguage",
        "defaultUsageLocation",
        "tenantType",
        "partnerTenantType",
        "createdDateTime",
        "onPremisesSyncEnabled",
        "onPremisesLastSyncDateTime",
        "assignedPlans",
        "provisionedPlans",
        "businessPhones",
        "technicalNotificationMails",
        "securityComplianceNotificationMails",
        "marketingNotificationEmails",
        "privacyProfile",
    ];
    let wanted = selector(&options, &KNOWN, "organization")?;
    let organization = world.tenant.organization();
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "organization"));
        if let Some(link) = stray_link(exchange, faults) {
            writer.key("@odata.nextLink").string(&link);
        }
        if faults.without_value {
            return;
        }
        writer.key("value").array([organization], |writer, organization| {
            writer.object(|writer| {
                if wanted("id") {
                    writer.key("id").guid(organization.id.0);
                }
                if wanted("displayName") {
                    writer.key("displayName").string(&organization.display_name);
                }
                if wanted("verifiedDomains") {
                    writer.key("verifiedDomains").array(&organization.verified_domains, |writer, domain| {
                        writer.object(|writer| {
                            writer.key("capabilities").string("Email, OfficeCommunicationsOnline");
                            writer.key("isDefault").boolean(domain.is_default);
                            writer.key("isInitial").boolean(domain.is_initial);
                            writer.key("name").string(&domain.name);
                            writer.key("type").string("Managed");
                        });
                    });
                }
                for (name, value) in [
                    ("countryLetterCode", Some(organization.country_code)),
                    ("country", None),
                    ("city", Some("Berlin")),
                    ("state", None),
                    ("street", Some("Musterstraße 1, 2. Hof")),
                    ("postalCode", Some("10115")),
                    ("preferredLanguage", Some("en")),
                    ("defaultUsageLocation", Some(organization.country_code)),
                    ("tenantType", Some(organization.tenant_type)),
                    ("partnerTenantType", None),
                ] {
                    if wanted(name) {
                        writer.key(name).optional(value.filter(|_| full));
                    }
                }
                if wanted("createdDateTime") {
                    writer.key("createdDateTime").optional_timestamp(full.then_some(organization.created_at));
                }
                if wanted("onPremisesSyncEnabled") {
                    match full {
                        true => writer.key("onPremisesSyncEnabled").boolean(organization.on_premises_sync_enabled),
                        false => writer.key("onPremisesSyncEnabled").null(),
                    }
                }
                if wanted("onPremisesLastSyncDateTime") {
                    let at = full.then_some(organization.on_premises_last_sync_at);
                    writer.key("onPremisesLastSyncDateTime").optional_timestamp(at);
                }
                if wanted("assignedPlans") {
                    write_tenant_plans(writer.key("assignedPlans"), world, full);
                }
                for name in ["provisionedPlans", "businessPhones", "technicalNotificationMails"] {
                    if wanted(name) {
                        writer.key(name).array(std::iter::empty::<()>(), |_, ()| {});
                    }
                }
            });
        });
    });
    Ok(reply::json(writer))
}

/// Plans of the organisation; the Entra ID P1 and P2 rows tell whether sign-in dates may be read.
fn write_tenant_plans(writer: &mut JsonWriter, world: &World, full: bool) {
    let mut plans: Vec<&ServicePlan> = Vec::new();
    for plan in world.tenant.subscribed_skus().iter().flat_map(|sku| &sku.product.plans) {
        let premium = plan.name.starts_with("AAD_PREMIUM");
        if full && (!premium || world.tenant.is_premium()) && !plans.iter().any(|known| known.id == plan.id) {
            plans.push(plan);
        }
    }
    let assigned_at = world.tenant.organization().created_at;
    writer.array(plans, |writer, plan| {
        writer.object(|writer| {
            writer.key("assignedDateTime").timestamp(assigned_at);
            writer.key("capabilityStatus").string("Enabled");
            writer.key("service").string(plan.service());
            writer.key("servicePlanId").guid(plan.id.0);
        });
    });
}

pub(super) fn write_plan(writer: &mut JsonWriter, plan: &ServicePlan, status: &str) {
    writer.object(|writer| {
        writer.key("servicePlanId").guid(plan.id.0);
        writer.key("servicePlanName").string(plan.name);
        writer.key("provisioningStatus").string(status);
        writer.key("appliesTo").string(if plan.applies_to_company() { "Company" } else { "User" });
    });
}

/// `GET /subscribedSkus`.
pub(super) fn subscribed(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    caller.require(&["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"])?;
    let options = Options::read(exchange, Supported::SelectOnly)?;
    const KNOWN: [&str; 11] = [
        "id",
        "accountId",
        "accountName",
        "appliesTo",
        "capabilityStatus",
        "consumedUnits",
        "prepaidUnits",
        "servicePlans",
        "skuId",
        "skuPartNumber",
        "subscriptionIds",
    ];
    let wanted = selector(&options, &KNOWN, "subscribedSku")?;
    let tenant = &world.tenant;
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "subscribedSkus"));
        if let Some(link) = stray_link(exchange, faults) {
            writer.key("@odata.nextLink").string(&link);
        }
        if faults.without_value {
            return;
        }
        writer.key("value").array(tenant.subscribed_skus(), |writer, sku| {
            writer.object(|writer| {
                let texts = [
                    ("accountName", tenant.default_domain().split('.').next().unwrap_or_default().to_owned()),
                    ("accountId", tenant.neighbour_id().to_string()),
                    ("appliesTo", if sku.applies_to_user { "User" } else { "Company" }.to_owned()),
                    ("capabilityStatus", sku.capability_status.as_str().to_owned()),
                    ("id", format!("{}_{}", tenant.id(), sku.product.id)),
                    ("skuId", sku.product.id.to_string()),
                    ("skuPartNumber", sku.product.part_number.to_owned()),
                ];
                for (name, value) in texts {
                    if wanted(name) {
                        writer.key(name).string(&value);
                    }
                }
                if wanted("consumedUnits") {
                    writer
                        .key("consumedUnits")
                        .number(sku.consumed_units.saturating_add_signed(faults.count_difference));
                }
                if wanted("prepaidUnits") {
                    writer.key("prepaidUnits").object(|writer| {
                        writer.key("enabled").number(sku.prepaid_units.enabled);
                        writer.key("suspended").number(sku.prepaid_units.suspended);
                        writer.key("warning").number(sku.prepaid_units.warning);
                        writer.key("lockedOut").number(sku.prepaid_units.locked_out);
                    });
                }
                if wanted("subscriptionIds") {
                    writer.key("subscriptionIds").array(&sku.subscription_ids, |writer, id| writer.guid(id.0));
                }
                if wanted("servicePlans") {
                    writer.key("servicePlans").array(&sku.product.plans, |writer, plan| {
                        write_plan(writer, plan, plan.provisioning_status());
                    });
                }
            });
        });
    });
    Ok(reply::json(writer))
}

/// `GET /directory/subscriptions`.
pub(super) fn subscriptions(
    world: &World,
    exchange: &Exchange,
    caller: &Caller,
    faults: &PageFaults,
) -> Result<Response<Body>, GraphError> {
    caller.require(&ORGANIZATION)?;
    let options = Options::read(exchange, Supported::Collection)?;
    let subscriptions = world.tenant.subscriptions();
    let request = PageRequest::read(world, &options, faults, None)?;
    let places = request.start..subscriptions.len() as u64;
    let page = request.fill(places.map(|place| Stop { place, position: place }), faults);
    let on_page = page.positions.iter().filter_map(|position| subscriptions.get(usize::try_from(*position).ok()?));
    let mut writer = JsonWriter::default();
    writer.object(|writer| {
        writer.key("@odata.context").string(&reply::context(exchange, "directory/subscriptions"));
        if let Some(next) = page.next {
            writer.key("@odata.nextLink").string(&request.link(world, exchange, &options, next, faults));
        }
        if faults.without_value {
            return;
        }
        writer.key("value").array(on_page, |writer, subscription| {
            writer.object(|writer| {
                writer.key("id").guid(subscription.id.0);
                writer.key("commerceSubscriptionId").guid(subscription.commerce_subscription_id);
                writer.key("createdDateTime").timestamp(subscription.created_at);
                writer.key("isTrial").boolean(subscription.is_trial);
                writer.key("nextLifecycleDateTime").optional_timestamp(subscription.next_lifecycle_at);
                writer.key("ownerId").null();
                match subscription.owner_tenant_id {
                    Some(owner) => writer.key("ownerTenantId").guid(owner.0),
                    None => writer.key("ownerTenantId").null(),
                }
                writer.key("ownerType").optional(subscription.owner_tenant_id.map(|_| "Partner"));
                writer.key("skuId").guid(subscription.product.id.0);
                writer.key("skuPartNumber").string(subscription.product.part_number);
                writer.key("status").string(subscription.status.as_str());
                writer.key("totalLicenses").number(subscription.total_licenses);
                writer.key("serviceStatus").array(&subscription.product.plans, |writer, plan| {
                    write_plan(writer, plan, plan.provisioning_status());
                });
            });
        });
    });
    Ok(reply::json(writer))
}
