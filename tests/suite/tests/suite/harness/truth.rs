//! What a right import of a simulated tenant holds, written down from the dataset's definition and the generator's
//! own records, never from JSON and never with the product's code.

use super::Tenant;
use super::rows::{self, Row};
use beacon_simulator::{AssignmentFact, AssignmentSource, SubscribedSku, Subscription, UserRecord};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Columns that the host fills from its table of names, and the mapping of plans to applications: tested where they
/// are made.
const BY_OTHERS: [&str; 3] = ["product_name", "plan_name", "application_id"];

fn row(tenant: &Tenant, value: Value) -> Row {
    let Value::Object(columns) = value else { panic!("a row is an object") };
    let mut row: Row = columns.into_iter().collect();
    row.insert("tenant_id".to_owned(), tenant.tenant_id().to_string().into());
    row
}

fn time(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_microsecond)
}

fn sorted(texts: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    texts.into_iter().collect()
}

/// Mail addresses without their kind, in lower case; addresses of other kinds are none.
fn addresses(user: &UserRecord) -> BTreeSet<String> {
    let smtp = |address: &String| {
        let (kind, rest) = address.split_once(':')?;
        kind.eq_ignore_ascii_case("smtp").then(|| rest.to_lowercase())
    };
    let proxies = user.proxy_addresses.iter().filter_map(smtp);
    sorted(proxies.chain(user.other_mails.iter().map(|mail| mail.to_lowercase())))
}

fn user(user: &UserRecord) -> Value {
    let extension = |(number, value): &(u8, String)| (format!("extensionAttribute{number}"), json!(value));
    let premises = user.on_premises.as_ref();
    json!({
        "user_id": user.id.to_string(),
        "user_principal_name": user.user_principal_name,
        "display_name": user.display_name,
        "given_name": user.given_name,
        "surname": user.surname,
        "mail": user.mail,
        "alternate_addresses": addresses(user),
        "account_enabled": user.account_enabled,
        "user_type": user.user_type.as_str(),
        "creation_type": user.creation_type,
        "external_user_state": user.external_user_state,
        "created_at": time(user.created_at),
        "department": user.department,
        "company_name": user.company_name,
        "cost_center": user.cost_center,
        "division": user.division,
        "manager_id": user.manager_id.map(|id| id.to_string()),
        "job_title": user.job_title,
        "office_location": user.office_location,
        "country": user.country,
        "usage_location": user.usage_location,
        "employee_id": user.employee_id,
        "employee_type": user.employee_type,
        "extension_attributes": user.extension_attributes.iter().map(extension).collect::<serde_json::Map<_, _>>(),
        "on_premises_sync_enabled": premises.map(|_| true),
        "on_premises_sam_account_name": premises.map(|premises| &premises.sam_account_name),
        "on_premises_domain_name": premises.map(|premises| premises.domain_name),
    })
}

fn assignment(fact: &AssignmentFact) -> Value {
    json!({
        "user_id": fact.user_id.to_string(),
        "sku_id": fact.sku_id.to_string(),
        "source": match fact.source {
            AssignmentSource::Direct => "direct".to_owned(),
            AssignmentSource::Group(id) => id.to_string(),
            AssignmentSource::Unknown => "unknown".to_owned(),
        },
        "counts_seat": fact.counts_seat,
        "state": fact.state.map(|state| state.as_str()),
        "error": fact.error.map(|error| error.as_str()),
        "disabled_plans": sorted(fact.disabled_plans.iter().map(ToString::to_string)),
        "last_updated_at": time(fact.last_updated_at),
    })
}

fn product(sku: &SubscribedSku) -> Value {
    json!({
        "sku_id": sku.product.id.to_string(),
        "sku_part_number": sku.product.part_number,
        "applies_to": if sku.applies_to_user { "User" } else { "Company" },
        "capability_status": sku.capability_status.as_str(),
        "enabled_units": sku.prepaid_units.enabled,
        "warning_units": sku.prepaid_units.warning,
        "suspended_units": sku.prepaid_units.suspended,
        "locked_out_units": sku.prepaid_units.locked_out,
        "consumed_units": sku.consumed_units,
        "subscription_ids": sorted(sku.subscription_ids.iter().map(ToString::to_string)),
    })
}

fn plans(sku: &SubscribedSku) -> Vec<Value> {
    let plan = |plan: &beacon_simulator::ServicePlan| {
        json!({
            "sku_id": sku.product.id.to_string(),
            "plan_id": plan.id.to_string(),
            "plan_code": plan.name,
            "provisioning_status": plan.provisioning_status(),
            "applies_to": if plan.applies_to_company() { "Company" } else { "User" },
        })
    };
    sku.product.plans.iter().map(plan).collect()
}

fn subscription(subscription: &Subscription) -> Value {
    json!({
        "subscription_id": subscription.id.to_string(),
        "commerce_subscription_id": subscription.commerce_subscription_id.to_string(),
        "sku_id": subscription.product.id.to_string(),
        "sku_part_number": subscription.product.part_number,
        "status": subscription.status.as_str(),
        "is_trial": subscription.is_trial,
        "total_licenses": subscription.total_licenses,
        "created_at": time(Some(subscription.created_at)),
        "next_lifecycle_at": time(subscription.next_lifecycle_at),
        "owner_tenant_id": subscription.owner_tenant_id.map(|id| id.to_string()),
    })
}

fn organization(tenant: &Tenant) -> Value {
    let organization = tenant.truth().organization();
    let default = organization.verified_domains.iter().find(|domain| domain.is_default);
    json!({
        "tenant_id": organization.id.to_string(),
        "display_name": organization.display_name,
        "default_domain": default.map(|domain| &domain.name),
        "verified_domains": sorted(organization.verified_domains.iter().map(|domain| domain.name.clone())),
        "country_code": organization.country_code,
        "tenant_type": organization.tenant_type,
        "created_at": time(Some(organization.created_at)),
        "cloud": "custom",
        "on_premises_sync_enabled": organization.on_premises_sync_enabled,
    })
}

/// The expected rows of a table.
fn expected(tenant: &Tenant, name: &str) -> Vec<Value> {
    let truth = tenant.truth();
    match name {
        "tenant" => vec![organization(tenant)],
        "users" => truth.users().map(|record| user(&record)).collect(),
        "assignments" => truth.assignments().map(|fact| assignment(&fact)).collect(),
        "products" => truth.products().iter().map(product).collect(),
        "product_plans" => truth.products().iter().flat_map(plans).collect(),
        "subscriptions" => truth.subscriptions().iter().map(subscription).collect(),
        "groups" => {
            let named = truth.assigning_groups().into_iter();
            named.filter_map(|(id, name)| Some(json!({"group_id": id.to_string(), "display_name": name?}))).collect()
        }
        other => panic!("no truth about {other}"),
    }
}

/// Compares these tables of a package with the truth, row by row.
#[track_caller]
pub(crate) fn assert_tables(tenant: &Tenant, package: &Path, names: &[&str]) {
    for name in names {
        let expected = rows::keyed(name, expected(tenant, name).into_iter().map(|value| row(tenant, value)));
        rows::assert_equal(name, &rows::table(package, name, &BY_OTHERS), &expected);
    }
}

/// Every table that there is a truth about.
pub(crate) const TABLES: [&str; 7] =
    ["tenant", "users", "assignments", "products", "product_plans", "subscriptions", "groups"];
