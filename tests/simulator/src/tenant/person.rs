//! From a position in the directory to a person, and back from an id or an address to the position.

use super::changes::{Change, OtherName};
use super::licensing::{self, SWITCHABLE_PLANS, Source};
use super::names::{self, Name, Place};
use super::user::{AssignedLicense, LicenseAssignment, OnPremises, UserRecord, UserType};
use super::{ACCOUNT_COUNT, Tenant};
use crate::catalog::product;
use crate::dice::{Dice, Domain, mix};
use crate::identifiers::{PlanId, UserId};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use uuid::Uuid;

/// 2026-06-01T00:00:00Z. Dates of the directory count back from here, so that they do not depend on the clock.
pub(crate) const REFERENCE_TIME: Timestamp = Timestamp::constant(1_780_272_000, 0);

/// How many people have the same manager.
const REPORTS_PER_MANAGER: u64 = 8;

/// What sort of entry of the directory this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Member,
    Leaver,
    Guest,
    SharedMailbox,
    Room,
    Service,
}

/// A moment up to this many days before the reference time, in whole seconds.
pub(super) fn days_back(dice: &mut Dice, days: u64) -> Timestamp {
    let seconds = REFERENCE_TIME.as_second() - dice.below(days * 86_400) as i64;
    Timestamp::from_second(seconds).unwrap_or(REFERENCE_TIME)
}

const HALF_BITS: u32 = 24;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;

fn round(seed: u64, number: u64, half: u64) -> u64 {
    mix(seed.rotate_left(17) ^ (number << 56) ^ half) & HALF_MASK
}

/// A balanced Feistel network over 48 bits: ids look random, never collide, and lead back to the position.
pub(super) fn id_of(seed: u64, index: u64) -> UserId {
    let (mut left, mut right) = ((index >> HALF_BITS) & HALF_MASK, index & HALF_MASK);
    for number in 1..=4 {
        (left, right) = (right, left ^ round(seed, number, right));
    }
    let upper = (left << HALF_BITS) | right;
    let rest = Dice::new(seed, Domain::Identity, index).draw();
    let bits = (u128::from(upper) << 80) | u128::from(rest);
    UserId(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
}

/// The position an id would belong to; the caller compares the id made from it.
pub(super) fn index_in(seed: u64, id: UserId) -> u64 {
    let upper = (id.0.as_u128() >> 80) as u64;
    let (mut left, mut right) = ((upper >> HALF_BITS) & HALF_MASK, upper & HALF_MASK);
    for number in (1..=4).rev() {
        (left, right) = (right ^ round(seed, number, left), left);
    }
    (left << HALF_BITS) | right
}

/// The position written into a principal name (`anna.mueller.42@…`); the caller compares the name made from it.
pub(super) fn index_in_principal_name(name: &str) -> Option<u64> {
    let local = name.split('@').next()?;
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    local.split(['.', '_', '#']).find(digits)?.parse().ok()
}

/// The first draws of a person, shared by the cheap paths (licences, names) and the whole record.
struct Sketch {
    kind: Kind,
    given: Name,
    surname: Name,
    dice: Dice,
}

fn sketch(seed: u64, index: u64) -> Sketch {
    let mut dice = Dice::new(seed, Domain::Person, index);
    let kind = match dice.below(100) {
        _ if index < ACCOUNT_COUNT => Kind::Member,
        0..80 => Kind::Member,
        80..85 => Kind::Leaver,
        85..92 => Kind::Guest,
        92..95 => Kind::SharedMailbox,
        95..98 => Kind::Room,
        _ => Kind::Service,
    };
    let (given, surname) = (dice.pick(&names::GIVEN_NAMES), dice.pick(&names::SURNAMES));
    Sketch { kind, given, surname, dice }
}

impl Tenant {
    /// Licence sources that a person began with, without the rest of the record.
    pub(super) fn generated_sources(&self, index: u64) -> Vec<Source> {
        licensing::sources(self.seed, index, sketch(self.seed, index).kind)
    }

    /// `userPrincipalName` without the rest of the record.
    #[must_use]
    pub fn principal_name(&self, index: u64) -> String {
        match self.changes().name_of(index) {
            Some(name) => name.to_owned(),
            None => self.generated_name(index),
        }
    }

    /// The principal name a person began with.
    pub(super) fn generated_name(&self, index: u64) -> String {
        self.principal_name_of(index, &sketch(self.seed, index))
    }

    /// Name and licence sources of a member who is no longer in the directory; such positions lie beyond it.
    pub(super) fn departed_member(&self, index: u64) -> (String, Vec<Source>) {
        let departed = Sketch { kind: Kind::Member, ..sketch(self.seed, index) };
        (self.principal_name_of(index, &departed), licensing::sources(self.seed, index, Kind::Member))
    }

    pub(super) fn kind(&self, index: u64) -> Kind {
        sketch(self.seed, index).kind
    }

    fn principal_name_of(&self, index: u64, sketch: &Sketch) -> String {
        let (given, surname) = (sketch.given.1, sketch.surname.1);
        match sketch.kind {
            _ if index == 0 => format!("admin@{}", self.default_domain),
            _ if index == 1 => format!("reader@{}", self.default_domain),
            _ if index == 2 => format!("person@{}", self.default_domain),
            Kind::Guest => format!("{given}.{index}_{}#EXT#@{}", guest_domain(index), self.initial_domain),
            Kind::SharedMailbox => format!("shared.{index}@{}", self.default_domain),
            Kind::Room => format!("Room.{index}@{}", self.default_domain),
            Kind::Service => format!("svc-{given}.{index}@{}", self.initial_domain),
            // Capitals survive in real directories; addresses are compared without regard to case.
            Kind::Member | Kind::Leaver if index.is_multiple_of(17) => {
                format!("{}.{}.{index}@{}", given.to_uppercase(), surname, self.default_domain)
            }
            Kind::Member | Kind::Leaver => format!("{given}.{surname}.{index}@{}", self.default_domain),
        }
    }

    /// The whole record of the user at a position.
    #[must_use]
    pub fn user(&self, index: u64) -> UserRecord {
        let mut record = self.generated_user(index);
        let changes = self.changes();
        if let Some(name) = changes.names.get(&index) {
            rename(&mut record, name);
        }
        if let Some(enabled) = changes.enabled(index) {
            record.account_enabled = enabled;
        }
        let relicensed = changes.relicensed(index);
        if !relicensed.is_empty() {
            record.license_assignments = self.license_assignments(index, self.kind(index), relicensed);
            record.assigned_licenses = held(&record.license_assignments);
        }
        if changes.is_deleted(index / REPORTS_PER_MANAGER) {
            record.manager_id = None;
        }
        record
    }

    pub(super) fn generated_user(&self, index: u64) -> UserRecord {
        let sketch = sketch(self.seed, index);
        let user_principal_name = self.principal_name_of(index, &sketch);
        let Sketch { kind, given, surname, mut dice } = sketch;
        let person = matches!(kind, Kind::Member | Kind::Leaver);
        let place: &Place = dice.pick(&names::PLACES);
        let license_assignments = self.license_assignments(index, kind, &[]);
        let on_premises = (person && dice.percent(70)).then(|| on_premises(&mut dice, index, given, surname, place));
        let created_at = (!dice.percent(6)).then(|| days_back(&mut dice, 2_900));
        let mut record = UserRecord {
            index,
            id: id_of(self.seed, index),
            account_enabled: matches!(kind, Kind::Member | Kind::Guest | Kind::Service)
                || kind == Kind::Room && index.is_multiple_of(2),
            assigned_licenses: held(&license_assignments),
            license_assignments,
            business_phone: (person && dice.percent(70)).then(|| format!("{}{:04}", place.dial, dice.below(10_000))),
            city: person.then_some(place.city),
            company_name: (kind != Kind::Service).then(|| dice.pick(&names::COMPANIES)),
            country: person.then_some(place.country),
            created_at,
            creation_type: (kind == Kind::Guest).then_some("Invitation"),
            department: (person && dice.percent(95)).then(|| dice.pick(&names::DEPARTMENTS)),
            display_name: String::new(),
            employee_hired_at: (person && dice.percent(60)).then(|| days_back(&mut dice, 5_000)),
            employee_id: (person && dice.percent(90)).then(|| format!("E{:07}", index + 1)),
            cost_center: (person && dice.percent(80)).then(|| format!("CC-{:04}", dice.below(300))),
            division: (person && dice.percent(80)).then(|| dice.pick(&names::DIVISIONS)),
            employee_type: (person && dice.percent(85)).then(|| dice.pick(&names::EMPLOYEE_TYPES)),
            external_user_state: (kind == Kind::Guest)
                .then(|| if dice.percent(85) { "Accepted" } else { "PendingAcceptance" }),
            given_name: person.then_some(given.0),
            is_resource_account: match kind {
                Kind::Room => Some(true),
                _ if dice.percent(30) => Some(false),
                _ => None,
            },
            job_title: (person && dice.percent(92)).then(|| dice.pick(&names::JOB_TITLES)),
            last_password_change_at: created_at.map(|_| days_back(&mut dice, 400)),
            mail: None,
            mail_nickname: String::new(),
            mobile_phone: (person && dice.percent(40)).then(|| format!("{}{:05}", place.dial, dice.below(100_000))),
            office_location: (person && dice.percent(80)).then_some(place.office),
            on_premises,
            extension_attributes: Vec::new(),
            other_mails: Vec::new(),
            preferred_data_location: dice.percent(4).then_some("EUR"),
            preferred_language: (person && dice.percent(75)).then_some(place.language),
            proxy_addresses: Vec::new(),
            surname: person.then_some(surname.0),
            usage_location: (kind != Kind::Guest && kind != Kind::Service).then_some(place.code),
            user_principal_name,
            user_type: if kind == Kind::Guest { UserType::Guest } else { UserType::Member },
            manager_id: (person && index > 0 && dice.percent(90))
                .then(|| id_of(self.seed, index / REPORTS_PER_MANAGER)),
        };
        self.add_names(&mut record, kind, (given, surname), &mut dice);
        record
    }

    fn add_names(&self, record: &mut UserRecord, kind: Kind, (given, surname): (Name, Name), dice: &mut Dice) {
        let index = record.index;
        record.display_name = match kind {
            _ if index == 0 => "Ada Administrator".into(),
            _ if index == 1 => "Rita Reader".into(),
            _ if index == 2 => "Pat Person".into(),
            Kind::Member | Kind::Leaver if dice.percent(30) => format!("{}, {}", surname.0, given.0),
            Kind::Member | Kind::Leaver | Kind::Guest => format!("{} {}", given.0, surname.0),
            Kind::SharedMailbox => format!("Shared mailbox \"{}\" {index}", dice.pick(&names::DEPARTMENTS)),
            Kind::Room => format!("Room {}, {index} seats", surname.0),
            Kind::Service => format!("svc {} \\ automation {index}", given.0),
        };
        let local = record.user_principal_name.split(['@', '#']).next().unwrap_or_default();
        record.mail_nickname = local.to_lowercase();
        if kind == Kind::Guest {
            let address = format!("{}.{index}@{}", given.1, guest_domain(index));
            record.proxy_addresses.push(format!("SMTP:{address}"));
            record.other_mails.push(address.clone());
            record.mail = Some(address);
            return;
        }
        if kind != Kind::Service {
            let address = record.user_principal_name.to_lowercase();
            record.proxy_addresses.push(format!("SMTP:{address}"));
            record.proxy_addresses.push(format!("smtp:{}@{}", record.mail_nickname, self.initial_domain));
            if dice.percent(40) {
                record.proxy_addresses.push(format!("sip:{address}"));
            }
            if dice.percent(25) {
                record.proxy_addresses.push(format!("smtp:{}{index}@old.{}", surname.1, self.default_domain));
            }
            record.mail = Some(address);
        }
        if dice.percent(15) {
            record.other_mails.push(format!("{}.{}{index}@private.example", given.1, surname.1));
        }
        if matches!(kind, Kind::Member | Kind::Leaver) {
            for number in [1, 2, 7, 10, 15] {
                if dice.percent(45) {
                    record.extension_attributes.push((number, format!("{}-{:05}", surname.1, dice.below(100_000))));
                }
            }
        }
    }

    fn license_assignments(
        &self,
        index: u64,
        kind: Kind,
        relicensed: &[(Timestamp, Change)],
    ) -> Vec<LicenseAssignment> {
        let mut dice = Dice::new(self.seed, Domain::Licences, index ^ (1 << 63));
        let generated = licensing::sources(self.seed, index, kind).into_iter();
        let mut sources: Vec<_> = generated.map(|source| (source, days_back(&mut dice, 900))).collect();
        self.relicense(relicensed, &mut sources, |(source, _)| source, |source, at| (source, at));
        let assignment = |(source, last_updated_at): (Source, Timestamp)| LicenseAssignment {
            sku_id: product(source.product).id,
            assigned_by_group: source.group.and_then(|group| Some(self.groups.get(usize::from(group))?.id)),
            disabled_plans: disabled_plans(&source),
            state: source.state,
            error: source.error,
            last_updated_at,
            reported: source.reported,
        };
        sources.into_iter().map(assignment).collect()
    }
}

/// What Exchange makes of a new principal name: it becomes the first address, and earlier ones stay.
fn rename(record: &mut UserRecord, name: &OtherName) {
    let generated = std::mem::replace(&mut record.user_principal_name, name.current.clone());
    let address = name.current.to_lowercase();
    record.mail_nickname = address.split(['@', '#']).next().unwrap_or_default().to_owned();
    if record.mail.is_none() {
        return;
    }
    let primary = format!("SMTP:{address}");
    match record.proxy_addresses.iter_mut().find(|address| address.starts_with("SMTP:")) {
        Some(first) => *first = primary,
        None => record.proxy_addresses.push(primary),
    }
    let used = name.generated_was_used.then_some(&generated);
    for former in used.into_iter().chain(&name.former) {
        record.proxy_addresses.push(format!("smtp:{}", former.to_lowercase()));
    }
    record.mail = Some(address);
}

fn guest_domain(index: u64) -> &'static str {
    Dice::new(0, Domain::Identity, index).pick(&names::GUEST_DOMAINS)
}

fn disabled_plans(source: &Source) -> Vec<PlanId> {
    let plans = &product(source.product).plans;
    let switched_off = |(bit, position): (usize, &usize)| {
        (source.disabled & (1 << bit) != 0).then(|| plans.get(*position).map(|plan| plan.id)).flatten()
    };
    SWITCHABLE_PLANS.iter().enumerate().filter_map(switched_off).collect()
}

/// Products of all sources in force; a plan is off only if every one of them switches it off.
fn held(sources: &[LicenseAssignment]) -> Vec<AssignedLicense> {
    let mut held: Vec<AssignedLicense> = Vec::with_capacity(sources.len());
    for source in sources.iter().filter(|source| source.state != super::AssignmentState::Error) {
        match held.iter_mut().find(|license| license.sku_id == source.sku_id) {
            Some(license) => license.disabled_plans.retain(|plan| source.disabled_plans.contains(plan)),
            None => held.push(AssignedLicense { sku_id: source.sku_id, disabled_plans: source.disabled_plans.clone() }),
        }
    }
    held
}

fn on_premises(dice: &mut Dice, index: u64, given: Name, surname: Name, place: &Place) -> OnPremises {
    let object: Uuid = dice.guid();
    OnPremises {
        distinguished_name: format!(
            "CN={} {},OU={},OU=People,DC=corp,DC=contoso,DC=example",
            given.0,
            surname.0.replace(',', "\\,"),
            place.code
        ),
        domain_name: "corp.contoso.example",
        immutable_id: BASE64_STANDARD.encode(object.as_bytes()),
        last_sync_at: days_back(dice, 2),
        sam_account_name: format!("{}{index}", surname.1),
    }
}
