//! Reading the list of people in parts: how many, and where they meet.
//!
//! Parts are ranges of the principal name that nobody is without. Their meeting points come from the plan of the last
//! run, which knows the names it has read, or from a sample: the first page of the list, which Graph gives in no order
//! of names. Counting each part then shows the crowded ones, and those are sampled again.

use crate::manifest::{USERS, USERS_COUNT};
use crate::names::defect;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{ChainId, Fail, PageOf};
use beacon_graph::read_page;
use beacon_kit::join_all;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Below this number of people one list after the other is about as fast.
const SMALL: u64 = 10_000;

/// The most parts of a plan: enough to be fast, and few enough that a limit of the service is not met.
const MOST: u64 = 32;

/// People on a page.
const PAGE: u64 = 999;

/// Every so many runs the list is read as a whole, which is the stronger proof.
const WHOLE_EVERY: u64 = 10;

/// Of so many people read, one name is kept for the plan of the next run.
pub(crate) const SAMPLED: usize = 32;

/// A part is crowded if it has so many times its fair share.
const CROWDED: u64 = 2;

/// How the list is read this time, and what the next run should know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Where parts meet, in ascending order; none means one list.
    bounds: Vec<String>,
    /// People, by the newest count.
    count: u64,
    /// Runs in parts since the list was read as a whole.
    age: u64,
    /// Whether the count is this run's.
    counted: bool,
}

impl Parts {
    fn of(plan: Option<&Value>) -> Option<Self> {
        let users = plan?.get("users")?;
        let bounds = users.get("bounds")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let number = |name: &str| users.get(name).and_then(Value::as_u64);
        Some(Self { bounds, count: number("count")?, age: number("age")?, counted: false })
    }

    /// Whether the next run may begin with these bounds at once, and count meanwhile.
    fn are_good(&self) -> bool {
        !self.bounds.is_empty() && self.count >= SMALL && self.age + 1 < WHOLE_EVERY
    }

    /// For the next run.
    pub(crate) fn plan(&self) -> Value {
        json!({ "users": { "bounds": self.bounds, "count": self.count, "age": self.age } })
    }

    /// The same after parts did not add up: the next run begins anew.
    pub(crate) fn given_up(self) -> Self {
        Self { bounds: Vec::new(), age: 0, ..self }
    }

    /// Whether the list is read in parts.
    pub(crate) fn are_several(&self) -> bool {
        self.age > 0 && !self.bounds.is_empty()
    }

    /// The same for the next run, even parts again from names that were read and the count after them.
    pub(crate) fn renewed(self, names: &[String], count: u64) -> Self {
        Self { bounds: cuts(&each_once(names), number_of_parts(count)), count, ..self }
    }

    /// The service's number of people before reading. With a plan it is asked for just ahead of the first pages and
    /// not waited for: a change in that moment is like one a moment later, and both counts together must still hold.
    pub(crate) async fn before(&self, session: &Session<'_>) -> Option<u64> {
        let before = if self.counted { Some(self.count) } else { count(session, "count-before").await };
        session.run.progress(&session.names.users.table, before);
        before
    }

    /// One filter for each part. Both ends belong to a part, so nothing lies between two of them.
    pub(crate) fn filters(&self) -> Vec<String> {
        let from = std::iter::once(None).chain(self.bounds.iter().map(Some));
        let to = self.bounds.iter().map(Some).chain(std::iter::once(None));
        from.zip(to).map(|(from, to)| filter(from.map(String::as_str), to.map(String::as_str))).collect()
    }
}

fn filter(from: Option<&str>, to: Option<&str>) -> String {
    let clause =
        |(operator, value): (&str, &str)| format!("userPrincipalName {operator} '{}'", value.replace('\'', "''"));
    let clauses = from.map(|from| ("ge", from)).into_iter().chain(to.map(|to| ("le", to)));
    encoded(&clauses.map(clause).reduce(|from, to| from + " and " + &to).unwrap_or_default())
}

/// A query value as an address may hold it (RFC 3986 section 3.4): letters, digits and little else stay.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@'".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The chain of the n-th part.
pub(crate) fn place(table: &PageOf, number: usize) -> Result<PageOf, Fail> {
    let chain = ChainId::new(format!("part-{number}")).map_err(|error| defect(&error))?;
    Ok(PageOf { table: table.table.clone(), chain })
}

/// The service's number of people. `moment` names the count, so that the driver can tell it from another one.
pub(crate) async fn count(session: &Session<'_>, moment: &str) -> Option<u64> {
    let chain = ChainId::new(moment).ok()?;
    let place = PageOf { table: session.names.users.table.clone(), chain };
    let request = session.run.get(session.url(USERS_COUNT)).header("consistencylevel", "eventual");
    let response = request.slot(&session.names.graph).page_of(&place).send().await.ok()?;
    number(&response.body).filter(|_| response.is_success())
}

fn number(body: &[u8]) -> Option<u64> {
    std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim().parse().ok()
}

/// How many people a part has.
async fn crowd(session: &Session<'_>, filter: &str) -> Option<u64> {
    let url = session.url(&format!("{USERS_COUNT}?$filter={filter}"));
    let request = session.run.get(url).header("consistencylevel", "eventual");
    let response = request.slot(&session.names.graph).send().await.ok()?;
    number(&response.body).filter(|_| response.is_success())
}

/// Principal names on one page of a part (of the whole list without a filter), in ascending order.
async fn sample(session: &Session<'_>, filter: Option<&str>) -> Option<Vec<String>> {
    let filter = filter.map(|filter| format!("&$filter={filter}")).unwrap_or_default();
    let response = session.ask(&format!("{USERS}?$select=userPrincipalName&$top={PAGE}{filter}")).await.ok()?;
    let mut names = Vec::new();
    read_page(&response.body, |user| names.extend(user.text("userPrincipalName").map(str::to_ascii_lowercase))).ok()?;
    Some(each_once(&names))
}

fn each_once(names: &[String]) -> Vec<String> {
    sorted(names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}

/// Values that cut sorted names into so many parts of about the same size.
fn cuts(names: &[String], parts: u64) -> Vec<String> {
    let parts = usize::try_from(parts).unwrap_or(1);
    let cut = |part: usize| names.get(names.len() * part / parts.max(1)).cloned();
    let mut cuts: Vec<String> = (1..parts).filter_map(cut).collect();
    cuts.dedup();
    cuts
}

/// Parts of at least two pages.
fn number_of_parts(count: u64) -> u64 {
    (count.div_ceil(PAGE) / 2).clamp(2, MOST)
}

/// Meeting points from nothing but the list itself.
async fn surveyed(session: &Session<'_>, count: u64) -> Option<Vec<String>> {
    let parts = number_of_parts(count);
    let share = count.div_ceil(parts);
    let bounds = cuts(&sample(session, None).await?, parts);
    let filters = Parts { bounds: bounds.clone(), ..Parts::default() }.filters();
    let crowds = join_all(filters.iter().map(|filter| crowd(session, filter))).await;
    let split = |(filter, crowd): (&String, Option<u64>)| {
        let crowd = crowd.filter(|crowd| *crowd > share.saturating_mul(CROWDED));
        crowd.map(|crowd| (filter.clone(), crowd.div_ceil(share)))
    };
    let crowded: Vec<_> = filters.iter().zip(crowds).filter_map(split).collect();
    let further = join_all(crowded.into_iter().map(|(filter, parts)| async move {
        sample(session, Some(&filter)).await.map(|names| cuts(&names, parts)).unwrap_or_default()
    }));
    let bounds: Vec<String> = bounds.into_iter().chain(further.await.into_iter().flatten()).collect();
    Some(each_once(&bounds))
}

/// Decides how to read the list. Without an answer to any of its questions the list is read as a whole.
pub(crate) async fn choose(session: &Session<'_>) -> Parts {
    let known = Parts::of(session.run.plan());
    if let Some(known) = known.clone().filter(Parts::are_good) {
        return Parts { age: known.age + 1, ..known };
    }
    let Some(count) = count(session, "count-before").await else { return Parts::default() };
    let whole = Parts { bounds: Vec::new(), count, age: 0, counted: true };
    if count < SMALL {
        return whole;
    }
    match known {
        // The bounds stay known for the run after this one.
        Some(known) if known.age + 1 >= WHOLE_EVERY => Parts { count, age: 0, counted: true, ..known },
        _ => match surveyed(session, count).await {
            Some(bounds) => Parts { bounds, age: 1, ..whole },
            None => whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_meet_and_their_names_are_safe_in_an_address() {
        let parts =
            Parts { bounds: vec!["d'or#ext#@a".to_owned(), "m@a".to_owned()], count: 7, age: 1, counted: false };
        assert!(parts.are_several());
        assert_eq!(
            parts.filters(),
            [
                "userPrincipalName%20le%20'd''or%23ext%23@a'",
                "userPrincipalName%20ge%20'd''or%23ext%23@a'%20and%20userPrincipalName%20le%20'm@a'",
                "userPrincipalName%20ge%20'm@a'",
            ]
        );
        assert_eq!(Parts::of(Some(&parts.plan())), Some(parts));
        assert_eq!(Parts::of(Some(&json!({"users": {"bounds": 7}}))), None);
        assert_eq!(encoded("é+&"), "%C3%A9%2B%26");
    }

    #[test]
    fn cuts_are_even_and_different() {
        let names: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
        assert_eq!(cuts(&names, 4), ["025", "050", "075"]);
        assert_eq!(cuts(&names[..1], 4), ["000"]);
        assert!(cuts(&[], 4).is_empty());
    }

    #[test]
    fn a_plan_knows_what_was_read() {
        let known = Parts { bounds: vec!["m".to_owned()], count: 12_000, age: 4, counted: false };
        let names: Vec<String> = (0..600).rev().map(|number| format!("{number:03}")).collect();
        let renewed = known.renewed(&names, 20_000);
        assert_eq!((renewed.bounds.len(), renewed.count, renewed.age), (9, 20_000, 4));
        assert_eq!(renewed.bounds.first().map(String::as_str), Some("060"));
        assert!(renewed.are_good());
        assert!(!renewed.clone().given_up().are_good(), "it begins anew");
        assert!(!Parts { age: 9, ..renewed.clone() }.are_good(), "the tenth run is whole");
        assert!(!renewed.renewed(&[], 9_999).are_good(), "the tenant has become small");
    }
}
