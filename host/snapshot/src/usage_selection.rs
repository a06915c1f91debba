//! Which pairs of person and application a question about usage is after, in one connection.

use crate::array::{Kind, read, read_some};
use crate::error::SnapshotError;
use crate::fold::fold;
use crate::people_set::PeopleSet;
use crate::question::Question;
use crate::row_ref::RowRef;
use crate::tenant::Tenant;
use crate::use_code::{STATES, name_of, place_of, state_of};
use std::collections::BTreeMap;

/// What usage can be filtered by besides people.
pub(crate) const OWN_FILTERS: [&str; 3] = ["application_name", "application_id", "state"];

/// Place of the state for each code of use; 255 where the pair is not asked for.
type Wanted = [u8; 256];

/// So few people are looked up; for more of them whole arrays are read.
const FEW: usize = 4_096;

/// Not asked for.
const NOT: u8 = u8::MAX;

/// An application that is asked for.
pub(crate) struct ChosenApplication {
    pub(crate) number: u16,
    pub(crate) id: String,
    pub(crate) name: String,
    /// The search finds its name, and so everybody of it.
    whole: bool,
    wanted: Wanted,
    /// People by state, of the states that are asked for.
    states: [u64; STATES.len()],
}

/// What is asked for.
pub(crate) struct Selection {
    /// In the order of their names.
    pub(crate) applications: Vec<ChosenApplication>,
    /// Whom the filters leave.
    base: PeopleSet,
    /// Whom the search finds as well.
    chosen: PeopleSet,
    /// No filter is about people.
    everybody: bool,
    /// No filter is about applications and states.
    is_every_pair: bool,
    searching: bool,
}

impl Selection {
    pub(crate) fn new(tenant: &Tenant, question: &Question, people_columns: &[&str]) -> Result<Self, SnapshotError> {
        let filter = |column: &str| question.filters.get(column);
        let base = tenant.filtered(question, people_columns)?;
        let mut chosen = base.clone();
        if let Some(found) = tenant.searched(question)? {
            chosen.and(&found);
        }
        let fits =
            |column: &str, value: &str| filter(column).is_none_or(|wanted| wanted.iter().any(|one| one == value));
        let mut applications = Vec::new();
        for application in tenant.applications()? {
            if !fits("application_name", &application.name) || !fits("application_id", &application.id) {
                continue;
            }
            let mut wanted = [NOT; 256];
            for (code, place) in (0..=u8::MAX).zip(&mut wanted) {
                let state = state_of(code, question.rule, application.unlisted);
                *place = state.filter(|state| fits("state", name_of(*state))).map_or(NOT, place_of);
            }
            let mut states = [0; STATES.len()];
            for (state, count) in STATES.iter().zip(&mut states) {
                if fits("state", name_of(*state)) {
                    *count = application.people.get(&(question.rule, place_of(*state))).copied().unwrap_or(0);
                }
            }
            applications.push(ChosenApplication {
                states,
                number: application.number,
                whole: question.search.as_ref().is_some_and(|text| fold(&application.name).contains(text)),
                id: application.id,
                name: application.name,
                wanted,
            });
        }
        applications.sort_by_cached_key(|application| (fold(&application.name), application.number));
        let own = |column: &str| OWN_FILTERS.contains(&column);
        let everybody = question.filters.keys().all(|column| own(column));
        let is_every_pair = !question.filters.keys().any(|column| own(column));
        Ok(Self { applications, base, chosen, everybody, is_every_pair, searching: question.search.is_some() })
    }

    fn people_of(&self, application: &ChosenApplication) -> &PeopleSet {
        if application.whole { &self.base } else { &self.chosen }
    }

    /// Whoever may have a row.
    pub(crate) fn people(&self) -> &PeopleSet {
        if self.applications.iter().any(|application| application.whole) { &self.base } else { &self.chosen }
    }

    /// Number of rows of each person.
    pub(crate) fn rows(&self, tenant: &Tenant) -> Result<Vec<u16>, SnapshotError> {
        let (people, connection) = (self.base.people(), &tenant.file.connection);
        if self.everybody && !self.searching && self.is_every_pair {
            return tenant.file.damaged(read(connection, (Kind::Concerned, ""), people));
        }
        let mut rows = vec![0u16; people];
        let mut count = |person: u32| {
            if let Some(count) = rows.get_mut(person as usize) {
                *count = count.saturating_add(1);
            }
        };
        if self.people().count() <= FEW {
            let few: Vec<_> = self.people().iter().collect();
            for application in &self.applications {
                let states = self.states_of(tenant, application, &few)?;
                few.iter().zip(states).filter(|(_, state)| *state != NOT).for_each(|(person, _)| count(*person));
            }
        } else {
            for application in &self.applications {
                self.each(tenant, application, |person, _| count(person))?;
            }
        }
        Ok(rows)
    }

    /// People of an application by state where that is known without looking at them.
    pub(crate) fn known_states(&self, application: &ChosenApplication) -> Option<[u64; STATES.len()]> {
        (self.everybody && (!self.searching || application.whole)).then_some(application.states)
    }

    /// For some people the place of their state, [`NOT`] where it is not asked for.
    fn states_of(
        &self,
        tenant: &Tenant,
        application: &ChosenApplication,
        people: &[u32],
    ) -> Result<Vec<u8>, SnapshotError> {
        let (set, of) = (self.people_of(application), application.number.to_string());
        let codes: Vec<u8> = tenant.file.damaged(read_some(&tenant.file.connection, (Kind::Use, &of), people))?;
        let state = |(person, code): (&u32, u8)| {
            let state = application.wanted.get(usize::from(code)).copied().unwrap_or(NOT);
            if set.contains(*person as usize) { state } else { NOT }
        };
        Ok(people.iter().zip(codes).map(state).collect())
    }

    /// Calls `take` with everybody of an application who is asked for, and the place of the state.
    pub(crate) fn each(
        &self,
        tenant: &Tenant,
        application: &ChosenApplication,
        mut take: impl FnMut(u32, u8),
    ) -> Result<(), SnapshotError> {
        let people = self.people_of(application);
        let of = application.number.to_string();
        let codes: Vec<u8> = tenant.file.damaged(read(&tenant.file.connection, (Kind::Use, &of), people.people()))?;
        for (person, code) in (0u32..).zip(codes) {
            let state = application.wanted.get(usize::from(code)).copied().unwrap_or(NOT);
            if state != NOT && people.contains(person as usize) {
                take(person, state);
            }
        }
        Ok(())
    }

    /// The rows of some people, in their order and that of the names of applications.
    pub(crate) fn of_people(
        &self,
        tenant: &Tenant,
        place: u16,
        people: &[u32],
    ) -> Result<Vec<Vec<RowRef>>, SnapshotError> {
        let connection = &tenant.file.connection;
        let mut rows: Vec<Vec<RowRef>> = vec![Vec::new(); people.len()];
        for application in &self.applications {
            let of = application.number.to_string();
            let states = self.states_of(tenant, application, people)?;
            let with_rows: Vec<_> = (people.iter().zip(states).enumerate())
                .filter(|(_, (_, state))| *state != NOT)
                .map(|(index, (person, state))| (index, *person, state))
                .collect();
            if with_rows.is_empty() {
                continue;
            }
            let wanted: Vec<_> = with_rows.iter().map(|(_, person, _)| *person).collect();
            let last: Vec<u16> = tenant.file.damaged(read_some(connection, (Kind::LastActivity, &of), &wanted))?;
            let days: Vec<u16> = tenant.file.damaged(read_some(connection, (Kind::Refreshed, &of), &wanted))?;
            for ((index, person, state), (last_activity, refreshed)) in
                with_rows.into_iter().zip(last.into_iter().zip(days))
            {
                if let Some(rows) = rows.get_mut(index) {
                    rows.push(RowRef {
                        tenant: place,
                        person,
                        application: application.number,
                        state,
                        last_activity,
                        refreshed,
                    });
                }
            }
        }
        Ok(rows)
    }

    /// Names and ids of the applications by their numbers.
    pub(crate) fn names(&self) -> BTreeMap<u16, (String, String)> {
        let entry = |one: &ChosenApplication| (one.number, (one.id.clone(), one.name.clone()));
        self.applications.iter().map(entry).collect()
    }
}

/// Names of all states, for choosing.
pub(crate) fn state_names() -> Vec<String> {
    STATES.iter().map(|state| name_of(*state).to_owned()).collect()
}
