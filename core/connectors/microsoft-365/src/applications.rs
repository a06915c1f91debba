//! The table `applications`: what people call the services that the tenant's plans stand for.

use crate::application_catalog::{APPLICATIONS, PLANS};
use beacon_kit::{Column, Rows};
use std::collections::BTreeSet;

const APPLICATION_ID: Column = Column::of("applications", "application_id");
const APPLICATION_NAME: Column = Column::of("applications", "application_name");
const PLAN_IDS: Column = Column::of("applications", "plan_ids");
const MEASURED_BY: Column = Column::of("applications", "measured_by");

/// The applications of a plan code, its main one first; none for plans that are plumbing. The entry with the longest
/// matching beginning decides, so that variants for governments and schools fall to their application.
fn of_plan(code: &str) -> &'static [&'static str] {
    let starts = |start: &str| code.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let matching = PLANS.iter().filter(|(start, _)| starts(start));
    matching.max_by_key(|(start, _)| start.len()).map_or(&[], |(_, applications)| applications)
}

/// Applications found so far, with their plans.
#[derive(Default)]
pub(crate) struct Applications(Vec<(&'static str, BTreeSet<String>)>);

impl Applications {
    /// Takes a plan into account and returns its main application.
    pub(crate) fn add(&mut self, code: &str, plan_id: &str) -> Option<&'static str> {
        let applications = of_plan(code);
        for application in applications {
            let at = self.0.iter().position(|(known, _)| known == application).unwrap_or_else(|| {
                self.0.push((application, BTreeSet::new()));
                self.0.len() - 1
            });
            if let Some((_, plan_ids)) = self.0.get_mut(at) {
                plan_ids.insert(plan_id.to_owned());
            }
        }
        applications.first().copied()
    }

    /// One row for each, and for each that a report measures: a report may tell of an application that no product of
    /// the tenant has any more.
    pub(crate) fn fill(&self, rows: &mut Rows) {
        for (id, name, measured_by) in APPLICATIONS {
            let found = self.0.iter().find(|(known, _)| known == id).map(|(_, plan_ids)| plan_ids);
            if found.is_none() && measured_by.is_empty() {
                continue;
            }
            let plan_ids = found.into_iter().flatten();
            rows.text(APPLICATION_ID, Some(id));
            rows.text(APPLICATION_NAME, Some(name));
            rows.list(PLAN_IDS, plan_ids.map(String::as_str));
            rows.list(MEASURED_BY, measured_by.iter().copied());
            rows.end_row();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalog_is_consistent() {
        for (start, applications) in PLANS {
            for application in *applications {
                assert!(APPLICATIONS.iter().any(|(id, ..)| id == application), "{start}: {application} is unknown");
            }
            assert_eq!(PLANS.iter().filter(|(other, _)| other == start).count(), 1, "{start} stands twice");
        }
        for (id, ..) in APPLICATIONS {
            assert!(PLANS.iter().any(|(_, of)| of.contains(id)), "no plan leads to {id}");
        }
    }

    #[test]
    fn plans_lead_to_what_people_call_them() {
        for (code, expected) in [
            ("EXCHANGE_S_ENTERPRISE", &["exchange"][..]),
            ("EXCHANGE_S_ENTERPRISE_GOV", &["exchange"]),
            ("EXCHANGE_S_FOUNDATION", &[]),
            ("TEAMS1", &["teams"]),
            ("SHAREPOINTWAC_EDU", &["office_web"]),
            ("SHAREPOINTENTERPRISE", &["sharepoint", "onedrive"]),
            ("SHAREPOINT_PROJECT", &["project"]),
            ("PROJECTWORKMANAGEMENT", &["planner"]),
            ("PROJECT_CLIENT_SUBSCRIPTION", &["project"]),
            ("MCOEV", &["phone_system"]),
            ("MCOMEETADV", &["audio_conferencing"]),
            ("visioonline", &["visio"]),
            ("M365_COPILOT_TEAMS", &["copilot"]),
            ("AAD_PREMIUM_P2", &["entra_id"]),
            ("INTUNE_O365", &["intune"]),
            ("a new plan", &[]),
            ("é", &[]),
        ] {
            assert_eq!(of_plan(code), expected, "{code}");
        }
        assert_eq!(of_plan("OFFICESUBSCRIPTION").first(), Some(&"microsoft_365_apps"));
    }
}
