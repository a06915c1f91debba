//! Properties of a user: which exist, which come unasked, and how each is written.

use super::error::GraphError;
use super::query::unknown_property;
use crate::json::JsonWriter;
use crate::tenant::{OnPremises, SignInActivity, SignInTime, UserRecord};
use axum::http::StatusCode;

type Write = fn(&mut JsonWriter, &UserRecord);

/// A property with the way it is written. The order of the table is the order on the wire.
pub(super) struct Property {
    pub(super) name: &'static str,
    /// Part of an answer without `$select`.
    default: bool,
    /// Readable with `User.ReadBasic.All`.
    pub(super) basic: bool,
    write: Write,
}

const fn property(name: &'static str, write: Write) -> Property {
    Property { name, default: false, basic: false, write }
}

const fn default(name: &'static str, basic: bool, write: Write) -> Property {
    Property { name, default: true, basic, write }
}

fn null(writer: &mut JsonWriter, _: &UserRecord) {
    writer.null();
}

fn strings(writer: &mut JsonWriter, values: &[String]) {
    writer.array(values, |writer, value| writer.string(value));
}

fn on_premises<'a>(user: &'a UserRecord, value: impl Fn(&'a OnPremises) -> &'a str) -> Option<&'a str> {
    user.on_premises.as_ref().map(value)
}

pub(super) static PROPERTIES: [Property; 53] = [
    default("id", true, |writer, user| writer.guid(user.id.0)),
    property("deletedDateTime", null),
    property("accountEnabled", |writer, user| writer.boolean(user.account_enabled)),
    property("ageGroup", null),
    default("businessPhones", true, |writer, user| {
        writer.array(user.business_phone.iter(), |writer, phone| writer.string(phone));
    }),
    property("city", |writer, user| writer.optional(user.city)),
    property("companyName", |writer, user| writer.optional(user.company_name)),
    property("consentProvidedForMinor", null),
    property("country", |writer, user| writer.optional(user.country)),
    property("createdDateTime", |writer, user| writer.optional_timestamp(user.created_at)),
    property("creationType", |writer, user| writer.optional(user.creation_type)),
    property("department", |writer, user| writer.optional(user.department)),
    default("displayName", true, |writer, user| writer.string(&user.display_name)),
    property("employeeHireDate", |writer, user| writer.optional_timestamp(user.employee_hired_at)),
    property("employeeId", |writer, user| writer.optional(user.employee_id.as_deref())),
    property("employeeOrgData", employee_organization),
    property("employeeType", |writer, user| writer.optional(user.employee_type)),
    property("externalUserState", |writer, user| writer.optional(user.external_user_state)),
    property("faxNumber", null),
    default("givenName", true, |writer, user| writer.optional(user.given_name)),
    property("imAddresses", |writer, user| writer.array(&user.mail, |writer, mail| writer.string(mail))),
    property("isResourceAccount", |writer, user| match user.is_resource_account {
        Some(value) => writer.boolean(value),
        None => writer.null(),
    }),
    default("jobTitle", false, |writer, user| writer.optional(user.job_title)),
    property("lastPasswordChangeDateTime", |writer, user| writer.optional_timestamp(user.last_password_change_at)),
    default("mail", true, |writer, user| writer.optional(user.mail.as_deref())),
    property("mailNickname", |writer, user| writer.string(&user.mail_nickname)),
    default("mobilePhone", false, |writer, user| writer.optional(user.mobile_phone.as_deref())),
    default("officeLocation", false, |writer, user| writer.optional(user.office_location)),
    property("onPremisesDistinguishedName", |writer, user| {
        writer.optional(on_premises(user, |premises| &premises.distinguished_name));
    }),
    property("onPremisesDomainName", |writer, user| {
        writer.optional(on_premises(user, |premises| premises.domain_name))
    }),
    property("onPremisesExtensionAttributes", extension_attributes),
    property("onPremisesImmutableId", |writer, user| {
        writer.optional(on_premises(user, |premises| &premises.immutable_id));
    }),
    property("onPremisesLastSyncDateTime", |writer, user| {
        writer.optional_timestamp(user.on_premises.as_ref().map(|premises| premises.last_sync_at));
    }),
    property("onPremisesProvisioningErrors", |writer, _| writer.array(std::iter::empty::<()>(), |_, ()| {})),
    property("onPremisesSamAccountName", |writer, user| {
        writer.optional(on_premises(user, |premises| &premises.sam_account_name));
    }),
    property("onPremisesSyncEnabled", |writer, user| match &user.on_premises {
        Some(_) => writer.boolean(true),
        None => writer.null(),
    }),
    property("otherMails", |writer, user| strings(writer, &user.other_mails)),
    property("postalCode", null),
    property("preferredDataLocation", |writer, user| writer.optional(user.preferred_data_location)),
    default("preferredLanguage", false, |writer, user| writer.optional(user.preferred_language)),
    property("proxyAddresses", |writer, user| strings(writer, &user.proxy_addresses)),
    property("securityIdentifier", null),
    property("showInAddressList", null),
    property("state", null),
    property("streetAddress", null),
    default("surname", true, |writer, user| writer.optional(user.surname)),
    property("usageLocation", |writer, user| writer.optional(user.usage_location)),
    default("userPrincipalName", true, |writer, user| writer.string(&user.user_principal_name)),
    property("userType", |writer, user| writer.string(user.user_type.as_str())),
    property("assignedLicenses", assigned_licenses),
    property("assignedPlans", assigned_plans),
    property("licenseAssignmentStates", license_assignment_states),
    property("identities", |writer, _| writer.array(std::iter::empty::<()>(), |_, ()| {})),
];

/// The property with a permission, a page size and a quota of its own.
const SIGN_IN_ACTIVITY: &str = "signInActivity";

/// Properties that only a request for one user may name.
const SINGLE_ONLY: [&str; 11] = [
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
    "mailboxSettings",
];

/// The selected properties in wire order.
pub(super) fn selection(select: Option<&[String]>, collection: bool) -> Result<Vec<&'static Property>, GraphError> {
    let Some(names) = select else {
        return Ok(PROPERTIES.iter().filter(|property| property.default).collect());
    };
    for name in names {
        if SINGLE_ONLY.iter().any(|single| single.eq_ignore_ascii_case(name)) {
            if collection {
                let message = "This operation target is not yet supported.";
                return Err(GraphError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message));
            }
        } else if !name.eq_ignore_ascii_case(SIGN_IN_ACTIVITY)
            && !PROPERTIES.iter().any(|property| property.name.eq_ignore_ascii_case(name))
        {
            return Err(unknown_property(name, "user"));
        }
    }
    let selected = |property: &&Property| names.iter().any(|name| name.eq_ignore_ascii_case(property.name));
    Ok(PROPERTIES.iter().filter(selected).collect())
}

/// What of a user is shown.
pub(super) struct View<'a> {
    /// Selected properties in wire order.
    pub(super) properties: Vec<&'static Property>,
    /// With the manager's id.
    pub(super) manager: bool,
    /// Where sign-ins come from, if they are shown.
    pub(super) sign_ins: Option<&'a dyn Fn(u64) -> Option<SignInActivity>>,
}

impl View<'_> {
    /// These properties and nothing else.
    pub(super) fn of(properties: Vec<&'static Property>) -> Self {
        Self { properties, manager: false, sign_ins: None }
    }
}

/// Whether `$select` asks for `signInActivity`, which is no property like the others.
pub(super) fn asks_for_sign_ins(select: Option<&[String]>) -> bool {
    select.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(SIGN_IN_ACTIVITY))
}

/// Writes one user.
pub(super) fn write_user(writer: &mut JsonWriter, user: &UserRecord, view: &View<'_>) {
    writer.object(|writer| write_members(writer, user, view));
}

/// Writes the members of a user into an object that is already open.
pub(super) fn write_members(writer: &mut JsonWriter, user: &UserRecord, view: &View<'_>) {
    for property in &view.properties {
        (property.write)(writer.key(property.name), user);
    }
    if let Some(activity) = view.sign_ins.and_then(|sign_ins| sign_ins(user.index)) {
        sign_in_activity(writer.key(SIGN_IN_ACTIVITY), &activity);
    }
    if let Some(id) = user.manager_id.filter(|_| view.manager) {
        writer.key("manager").object(|writer| {
            writer.key("@odata.type").string("#microsoft.graph.user");
            writer.key("id").guid(id.0);
        });
    }
}

fn sign_in_activity(writer: &mut JsonWriter, activity: &SignInActivity) {
    let attempts = [
        ("lastSignInDateTime", "lastSignInRequestId", Some(activity.last_interactive_attempt)),
        (
            "lastNonInteractiveSignInDateTime",
            "lastNonInteractiveSignInRequestId",
            Some(activity.last_non_interactive_attempt),
        ),
        ("lastSuccessfulSignInDateTime", "lastSuccessfulSignInRequestId", activity.last_successful),
    ];
    writer.object(|writer| {
        for (name, request, time) in attempts {
            match time {
                Some(SignInTime::At(at)) => {
                    writer.key(name).timestamp(at);
                    writer.key(request).guid(activity.request_id);
                }
                Some(SignInTime::Never) => {
                    writer.key(name).string("0001-01-01T00:00:00Z");
                    writer.key(request).string("");
                }
                None => {}
            }
        }
    });
}

fn employee_organization(writer: &mut JsonWriter, user: &UserRecord) {
    if user.cost_center.is_none() && user.division.is_none() {
        return writer.null();
    }
    writer.object(|writer| {
        writer.key("costCenter").optional(user.cost_center.as_deref());
        writer.key("division").optional(user.division);
    });
}

fn extension_attributes(writer: &mut JsonWriter, user: &UserRecord) {
    const NAMES: [&str; 15] = [
        "extensionAttribute1",
        "extensionAttribute2",
        "extensionAttribute3",
        "extensionAttribute4",
        "extensionAttribute5",
        "extensionAttribute6",
        "extensionAttribute7",
        "extensionAttribute8",
        "extensionAttribute9",
        "extensionAttribute10",
        "extensionAttribute11",
        "extensionAttribute12",
        "extensionAttribute13",
        "extensionAttribute14",
        "extensionAttribute15",
    ];
    writer.object(|writer| {
        let mut set = user.extension_attributes.iter().peekable();
        for (number, name) in (1..).zip(NAMES) {
            let value = set.next_if(|(attribute, _)| *attribute == number);
            writer.key(name).optional(value.map(|(_, value)| value.as_str()));
        }
    });
}

fn assigned_licenses(writer: &mut JsonWriter, user: &UserRecord) {
    writer.array(&user.assigned_licenses, |writer, license| {
        writer.object(|writer| {
            writer.key("disabledPlans").array(&license.disabled_plans, |writer, plan| writer.guid(plan.0));
            writer.key("skuId").guid(license.sku_id.0);
        });
    });
}

fn assigned_plans(writer: &mut JsonWriter, user: &UserRecord) {
    writer.array(user.assigned_plans(), |writer, plan| {
        writer.object(|writer| {
            writer.key("assignedDateTime").timestamp(plan.assigned_at);
            writer.key("capabilityStatus").string(plan.capability_status);
            writer.key("service").string(plan.service);
            writer.key("servicePlanId").guid(plan.plan_id.0);
        });
    });
}

fn license_assignment_states(writer: &mut JsonWriter, user: &UserRecord) {
    let reported = user.license_assignments.iter().filter(|source| source.reported);
    writer.array(reported, |writer, source| {
        writer.object(|writer| {
            writer.key("skuId").guid(source.sku_id.0);
            writer.key("disabledPlans").array(&source.disabled_plans, |writer, plan| writer.guid(plan.0));
            match source.assigned_by_group {
                Some(group) => writer.key("assignedByGroup").guid(group.0),
                None => writer.key("assignedByGroup").null(),
            }
            writer.key("state").string(source.state.as_str());
            // Both forms of "no error" occur on the wire.
            match source.error {
                Some(error) => writer.key("error").string(error.as_str()),
                None if user.index % 10 == 9 => writer.key("error").null(),
                None => writer.key("error").string("None"),
            }
            writer.key("lastUpdatedDateTime").timestamp(source.last_updated_at);
        });
    });
}
