//! What a right import of a simulated tenant holds, written down from the dataset's definition and the generator's
//! own records, never from JSON and never with the product's code.

use super::Tenant;
use super::rows::{self, Row, Table};
use beacon_simulator::{
    ActivationFact, Application, AssignmentFact, AssignmentSource, GroundTruth, Period, Platform, Report, StorageFact,
    StorageKind, SubscribedSku, Subscription, UsageFact, UserRecord,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Columns that the host fills from its table of names, and the mapping of plans to applications: tested where they
/// are made.
fn by_others(table: &str) -> &'static [&'static str] {
    match table {
        "products" => &["product_name"],
        "product_plans" => &["plan_name", "application_id"],
        _ => &[],
    }
}

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
    expected_by(&tenant.truth(), tenant, name)
}

/// The rows of a table by an earlier truth.
pub(crate) fn rows_by(truth: &GroundTruth, tenant: &Tenant, name: &str) -> rows::Table {
    rows::keyed(name, expected_by(truth, tenant, name).into_iter().map(|value| row(tenant, value)))
}

fn expected_by(truth: &GroundTruth, tenant: &Tenant, name: &str) -> Vec<Value> {
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
        "sign_ins" => sign_ins(truth),
        "usage" => usage(truth),
        "activations" => truth.activations().map(|fact| activation(truth, &fact)).collect(),
        "storage" => truth.storage().map(|fact| storage(truth, &fact)).collect(),
        other => panic!("no truth about {other}"),
    }
}

/// A table as it should be.
pub(crate) fn table(tenant: &Tenant, name: &str) -> Table {
    rows::keyed(name, expected(tenant, name).into_iter().map(|value| row(tenant, value)))
}

/// The part of a package's table that there is a truth about.
pub(crate) fn found(package: &Path, name: &str) -> Table {
    let mut found = rows::table(package, name, by_others(name));
    // The sum over all programs has no fact of its own.
    found.retain(|_, row| name != "usage" || row["application_id"] != "microsoft_365_apps");
    found
}

/// Compares these tables of a package with the truth, row by row.
#[track_caller]
pub(crate) fn assert_tables(tenant: &Tenant, package: &Path, names: &[&str]) {
    for name in names {
        rows::assert_equal(name, &found(package, name), &table(tenant, name));
    }
}

/// Everybody has a row; who never signed in has nulls.
fn sign_ins(truth: &GroundTruth) -> Vec<Value> {
    let facts: BTreeMap<String, _> = truth.sign_ins().map(|fact| (fact.user_id.to_string(), fact.activity)).collect();
    let row = |user: UserRecord| {
        let activity = facts.get(&user.id.to_string());
        json!({
            "user_id": user.id.to_string(),
            "last_successful_at": time(activity.and_then(|it| it.last_successful?.moment())),
            "last_interactive_attempt_at": time(activity.and_then(|it| it.last_interactive_attempt.moment())),
            "last_non_interactive_attempt_at": time(activity.and_then(|it| it.last_non_interactive_attempt.moment())),
        })
    };
    truth.users().map(row).collect()
}

fn day(date: Option<Date>) -> Value {
    let epoch = Date::constant(1970, 1, 1);
    date.map_or(Value::Null, |date| epoch.until(date).expect("a span").get_days().into())
}

pub(crate) fn application(application: Application) -> &'static str {
    match application {
        Application::Exchange => "exchange",
        Application::OneDrive => "onedrive",
        Application::SharePoint => "sharepoint",
        Application::Teams => "teams",
        Application::VivaEngage => "viva_engage",
        Application::Copilot => "copilot",
        Application::Outlook => "outlook",
        Application::Word => "word",
        Application::Excel => "excel",
        Application::PowerPoint => "powerpoint",
        Application::OneNote => "onenote",
    }
}

fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Any => "any",
        Platform::Windows => "windows",
        Platform::Mac => "mac",
        Platform::Mobile => "mobile",
        Platform::Web => "web",
    }
}

/// The longest period of every report, and three of the one that says only yes or no. The sum over all programs, which
/// the generator has no fact of, is left out of the comparison.
fn usage(truth: &GroundTruth) -> Vec<Value> {
    let periods = |report| match report {
        Report::Apps => vec![Period::D30, Period::D90, Period::D180],
        _ => vec![Period::D180],
    };
    let reports = Report::ALL.into_iter().flat_map(|report| periods(report).into_iter().map(move |it| (report, it)));
    let facts = reports.flat_map(|(report, period)| truth.usage_in(report, period).collect::<Vec<_>>());
    // A platform has a row only where it was used.
    let told = facts.filter(|fact| fact.platform == Platform::Any || fact.used_in_period != Some(false));
    let row = |fact: UsageFact| {
        let tells = !matches!(fact.report, Report::Apps | Report::Copilot);
        json!({
            "user_key": fact.reported_name,
            "application_id": application(fact.application),
            "platform": platform(fact.platform),
            "report": fact.report.function(),
            "period_days": fact.period.days(),
            "user_id": fact.user_id.map(|id| id.to_string()),
            "attributable": true,
            "is_deleted": tells.then_some(fact.is_deleted),
            "deleted_on": day(fact.deleted_on),
            "last_activity_on": day(fact.last_activity_on),
            "used_in_period": fact.used_in_period,
            "refreshed_on": day(Some(truth.refreshed_on())),
        })
    };
    told.map(row).collect()
}

fn activation(truth: &GroundTruth, fact: &ActivationFact) -> Value {
    json!({
        "user_key": fact.reported_name,
        "product_type": fact.product_type,
        "user_id": fact.user_id.map(|id| id.to_string()),
        "last_activated_on": day(fact.last_activated_on),
        "windows": fact.windows,
        "mac": fact.mac,
        "ios": fact.ios,
        "android": fact.android,
        "windows_mobile": fact.windows_mobile,
        "shared_computer": u8::from(fact.shared_computer),
        "refreshed_on": day(Some(truth.refreshed_on())),
    })
}

fn storage(truth: &GroundTruth, fact: &StorageFact) -> Value {
    let kind = if fact.kind == StorageKind::Mailbox { "mailbox" } else { "onedrive" };
    json!({
        "user_key": fact.reported_name,
        "kind": kind,
        "user_id": fact.user_id.map(|id| id.to_string()),
        "mailbox_kind": null,
        "has_archive": fact.has_archive,
        "used_bytes": fact.used_bytes,
        "quota_bytes": fact.quota_bytes,
        "item_count": fact.item_count,
        "is_deleted": fact.is_deleted,
        "last_activity_on": day(fact.last_activity_on),
        "refreshed_on": day(Some(truth.refreshed_on())),
    })
}

/// Tables about use.
pub(crate) const USE: [&str; 4] = ["sign_ins", "usage", "activations", "storage"];

/// Every table that there is a truth about.
pub(crate) const TABLES: [&str; 7] =
    ["tenant", "users", "assignments", "products", "product_plans", "subscriptions", "groups"];
