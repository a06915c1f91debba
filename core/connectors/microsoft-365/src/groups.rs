//! The table `groups`: names of the groups that assign licences. A run can do without them.

use crate::manifest::GET_BY_IDS;
use crate::session::Session;
use crate::users::People;
use beacon_contract::{Fail, PageOf, Reason, TableStatus};
use beacon_graph::{Trouble, Unreadable, Values as _, read_page};
use beacon_kit::{Column, Response, join_all};
use serde::Serialize;
use std::collections::BTreeSet;

const GROUP_ID: Column = Column::of("groups", "group_id");
const DISPLAY_NAME: Column = Column::of("groups", "display_name");

/// The most ids that one request may name.
const BATCH: usize = 1000;

/// The body of a request for groups by their ids.
#[derive(Serialize)]
pub(crate) struct Ids<'i> {
    ids: &'i [&'i str],
    types: [&'static str; 1],
}

impl<'i> Ids<'i> {
    pub(crate) fn new(ids: &'i [&'i str]) -> Self {
        Self { ids, types: ["group"] }
    }
}

/// Asks for objects by their ids.
pub(crate) async fn ask(session: &Session<'_>, ids: Ids<'_>, page_of: Option<&PageOf>) -> Result<Response, Trouble> {
    // Lists of texts: serialisation cannot fail.
    let body = serde_json::to_vec(&ids).unwrap_or_default();
    let request = session.run.post(session.url(GET_BY_IDS), body);
    let request = request.header("accept", "application/json").header("content-type", "application/json");
    let request = request.slot(&session.names.graph);
    let request = match page_of {
        Some(page_of) => request.page_of(page_of),
        None => request,
    };
    let response = request.send().await.map_err(Trouble::Failed)?;
    if response.is_success() { Ok(response) } else { Err(Trouble::of(&response)) }
}

/// Answers about groups, not yet rows.
pub(crate) struct Answers(Vec<(PageOf, Result<Response, Trouble>)>);

impl Answers {
    /// Forgets them; what is asked for afterwards counts alone.
    pub(crate) fn forget(self, session: &Session<'_>) {
        self.0.iter().for_each(|(place, _)| session.run.chain_reset(place));
    }
}

/// Asks for the names of `groups`.
///
/// # Errors
/// Only by a defect.
pub(crate) async fn ask_for(session: &Session<'_>, groups: &BTreeSet<String>) -> Result<Answers, Fail> {
    if session.need_groups().is_known_missing() {
        // Asked all the same, Graph would answer with objects that have no names.
        return Ok(Answers(Vec::new()));
    }
    let ids: Vec<&str> = groups.iter().map(String::as_str).collect();
    let places = (0..ids.len().div_ceil(BATCH)).map(|number| session.names.group_batch(number));
    let places = places.collect::<Result<Vec<_>, Fail>>()?;
    let batches = places.iter().zip(ids.chunks(BATCH));
    let answers = join_all(batches.map(|(place, ids)| ask(session, Ids::new(ids), Some(place)))).await;
    Ok(Answers(places.into_iter().zip(answers).collect()))
}

/// Makes rows of the answers about the groups of `people`. A group that was deleted meanwhile has no name and is no row.
///
/// # Errors
/// Only by a defect; whatever Graph refuses is the table's own reason.
pub(crate) fn take(session: &Session<'_>, people: People) -> Result<(), Fail> {
    let need = session.need_groups();
    if need.is_known_missing() {
        session.end_optional(&session.names.groups, 0, Err(need.missing()), &need);
        return Ok(());
    }
    let (mut pages, mut outcome) = (0, Ok(()));
    for (place, answer) in people.groups.0 {
        match answer {
            Ok(response) => match emit(session, &place, &response)? {
                Ok(()) => pages += 1,
                Err(Unreadable(detail)) => outcome = Err(Trouble::Unreadable { detail }),
            },
            Err(trouble) => outcome = Err(trouble),
        }
    }
    if outcome.is_ok() && !people.all {
        let reason = Reason::new("microsoft_365.people_incomplete");
        session.run.table_end(&session.names.groups, TableStatus::Partial, Some(reason));
        return Ok(());
    }
    session.end_optional(&session.names.groups, pages, outcome, &need);
    Ok(())
}

fn emit(session: &Session<'_>, place: &PageOf, response: &Response) -> Result<Result<(), Unreadable>, Fail> {
    let mut rows = session.rows(place)?;
    let mut nameless = 0;
    let read = read_page(&response.body, |group| match group.guid("id") {
        Some(id) => {
            rows.text(GROUP_ID, Some(&id));
            rows.text(DISPLAY_NAME, group.text("displayName"));
            rows.end_row();
        }
        None => nameless += 1,
    });
    if read.is_ok() {
        session.run.emit(&mut rows);
        session.drop_nameless(place, nameless);
    }
    Ok(read.map(drop))
}
