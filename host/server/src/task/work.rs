//! Doing a task: the module is driven to its end, and what it brought is put into words.

use super::page_guest::{PageGuest, pair};
use super::{Person, Task, Unconfirmed};
use crate::app::App;
use crate::invitations;
use crate::problem::{Refusal, problem};
use crate::secret_text::{self, Known};
use crate::tasks::Place;
use beacon_api::{
    Check, CheckVerdict, ConsentFound, ConsentWay, Happened, Preview, PreviewTable, RunsIn, TaskKind, TaskOrder,
    TaskPhase,
};
use beacon_contract::{CheckOutcome, CheckResult, FailKind, Note, RefusedStage, Settings};
use beacon_driver::{Cancel, Guest, Observer, RunEnd, RunOutcome};
use beacon_operations::{
    Installation, Module, Session, Trouble, Words, acting_as, actor, consents, explained, offline,
};
use beacon_store::{Connection, InvitationEvent, InvitationId};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Instrument as _, info, info_span};
use uuid::Uuid;

/// Rows of each table of a preview.
const PREVIEW_ROWS: usize = 50;

/// Columns that name people; a page masks them until somebody wants to see them.
const PERSONAL: [&str; 12] = [
    "user_principal_name",
    "display_name",
    "given_name",
    "surname",
    "mail",
    "alternate_addresses",
    "employee_id",
    "user_key",
    "manager_id",
    "job_title",
    "on_premises_sam_account_name",
    "extension_attributes",
];

/// Starts a task in its place, for an invitation if its link began it; gives it and the value of the cookie of its
/// attempt.
pub(crate) fn start(
    app: &Arc<App>,
    connection: Connection,
    order: &TaskOrder,
    invitation: Option<InvitationId>,
    place: Place,
) -> Result<(Arc<Task>, String), Refusal> {
    let module = Module::find(&app.installation.folders, None, &connection.source_type)?;
    let way = (order.kind == TaskKind::Consent).then(|| order.way.unwrap_or(ConsentWay::Browser));
    if way.is_some_and(|way| way != ConsentWay::Browser) && app.defaults()?.only_browser_consent {
        return Err(Refusal::forbidden(
            "consent.way_forbidden",
            "This organization allows only sign-ins in the browser.",
            "Use a redirect address of this beacon, or ask for the rule to be changed in Settings.",
        ));
    }
    let connection = as_this_way(connection, way);
    let cookie = secret_text::new();
    let attempt: Known = secret_text::known(&cookie);
    let (guest, page) = match order.runs_in {
        RunsIn::Page => {
            let (guest, page) = pair();
            (Some(guest), Some(page))
        }
        RunsIn::Host => (None, None),
    };
    let id = Uuid::new_v4().to_string();
    let now = Installation::now();
    for replaced in app.tasks.retire(now, Some((connection.id, order.kind))) {
        invitations::happened(app, replaced, InvitationEvent::BrokenOff, Some(&consents::overtaken()));
    }
    let task = Task { invitation, ..Task::new(id, connection.id, order.kind, way, attempt, page, now) };
    let task = app.tasks.add(task);
    let kind = format!("{:?}", order.kind).to_lowercase();
    let span = info_span!("task", task = task.id, kind, connection = connection.name.as_str());
    let work = work(Arc::clone(app), Arc::clone(&task), connection, module, guest).instrument(span);
    tokio::spawn(acting_as(actor(), async move {
        work.await;
        drop(place);
    }));
    Ok((task, cookie))
}

/// The connection as this attempt uses it: a way chosen for once is not stored.
fn as_this_way(mut connection: Connection, way: Option<ConsentWay>) -> Connection {
    if way == Some(ConsentWay::Device) {
        let mut settings = Settings(connection.settings.into_iter().collect());
        settings.set("flow", "device_code");
        connection.settings = settings.0.into_iter().collect();
    }
    connection
}

/// What came of a task, beside its checks.
enum Came {
    /// A consent, which waits for confirmation.
    Consent,
    /// Nothing that waits for anybody.
    Nothing,
}

/// Why a task did not come to its end.
struct Unfinished {
    trouble: Trouble,
    /// Microsoft, the person there, or the module said no.
    refused: bool,
}

impl<E: Into<Trouble>> From<E> for Unfinished {
    fn from(error: E) -> Self {
        Self { trouble: error.into(), refused: false }
    }
}

async fn work(app: Arc<App>, task: Arc<Task>, connection: Connection, module: Module, guest: Option<PageGuest>) {
    info!("a task begins");
    let ended = driven(&app, &task, &connection, &module, guest).await;
    info!(code = ended.as_ref().err().map(|unfinished| unfinished.trouble.code.as_str()), "the task ended");
    if let Some(invitation) = task.invitation {
        noted(&app, invitation, &ended);
    }
    task.change(|state| {
        if let Err(Unfinished { trouble, .. }) = ended {
            state.problem = Some(problem(trouble));
        }
        if state.phase != TaskPhase::WaitingForConfirmation {
            state.phase = TaskPhase::Finished;
        }
    });
    app.tell(Happened::Task { task: task.id.clone() });
    if task.waits_for_confirmation() {
        // Its connection says so from now on.
        app.tell(Happened::Connections);
    }
}

/// Notes on the invitation whose link began a task how the task ended. That a consent came was noted as it came.
fn noted(app: &App, invitation: InvitationId, ended: &Result<Came, Unfinished>) {
    match ended {
        Ok(Came::Consent) => {}
        Ok(Came::Nothing) => {
            invitations::happened(app, invitation, InvitationEvent::BrokenOff, Some(&consents::overtaken()));
        }
        Err(Unfinished { trouble, refused }) => {
            let event = if *refused { InvitationEvent::Refused } else { InvitationEvent::BrokenOff };
            invitations::happened(app, invitation, event, Some(trouble));
        }
    }
}

async fn driven(
    app: &Arc<App>,
    task: &Arc<Task>,
    connection: &Connection,
    module: &Module,
    guest: Option<PageGuest>,
) -> Result<Came, Unfinished> {
    let session = Session::new(&app.installation, connection, module)?;
    let kind = task.state().kind;
    let what = match kind {
        TaskKind::Consent => beacon_contract::Task::Consent,
        TaskKind::Test => beacon_contract::Task::Test,
        TaskKind::Preview => beacon_contract::Task::Preview,
    };
    let person = Arc::new(Person {
        task: Arc::clone(task),
        way: task.state().way.unwrap_or(ConsentWay::Browser),
        origin: app.address.origin(),
        patience: app.sign_in_patience,
    });
    let words = module.words();
    let onlooker = Arc::new(Onlooker { app: Arc::clone(app), task: Arc::clone(task), words: words.clone() });
    let cancel: Cancel = task.cancel.clone();
    let (outcome, _folder) = match guest {
        Some(guest) => session.run_with(Box::new(guest) as Box<dyn Guest>, what, person, onlooker, cancel).await?,
        None => session.run(what, person, onlooker, cancel).await?,
    };
    concluded(app, task, &session, outcome, &words)
}

fn concluded(
    app: &App,
    task: &Task,
    session: &Session<'_>,
    mut outcome: RunOutcome,
    words: &Words,
) -> Result<Came, Unfinished> {
    if task.is_over() {
        // Given up meanwhile.
        return Ok(Came::Nothing);
    }
    let checks: Vec<Check> = outcome.checks.iter().map(|result| check(result, words)).collect();
    task.change(|state| state.checks = checks);
    let consent = outcome.consent.take();
    match &outcome.end {
        RunEnd::Failed(fail) => {
            let refused = outcome.refused.as_ref();
            // What was granted and is of no use, such as that of another tenant, the module refuses.
            let by_somebody =
                refused.map_or(fail.kind == FailKind::Consent, |refused| refused.stage != RefusedStage::Local);
            return Err(Unfinished {
                trouble: explained(Trouble::of_fail(fail, words), refused),
                refused: by_somebody,
            });
        }
        RunEnd::Cancelled => {
            let (title, advice) = ("it was stopped", "Start it again if it is still wanted.");
            return Err(Trouble::new(FailKind::Retry, "task.cancelled", title, advice).into());
        }
        RunEnd::Done(_) => {}
    }
    if let Some(consent) = consent {
        offline(&consent).map_err(|trouble| Unfinished { trouble, refused: true })?;
        let found = ConsentFound {
            account: consent.account.clone(),
            tenant_id: consent.tenant_id.clone(),
            scopes: consent.scopes.clone(),
        };
        // First of all: what is seen to wait can be confirmed at once.
        if let Some(invitation) = task.invitation {
            invitations::happened(app, invitation, InvitationEvent::Granted, None);
        }
        task.keep_for_confirmation(Unconfirmed { consent, asked: session.connection.clone() });
        task.change(|state| {
            state.consent = Some(found);
            state.phase = TaskPhase::WaitingForConfirmation;
        });
        return Ok(Came::Consent);
    }
    if task.state().kind == TaskKind::Preview {
        let (names, _) = app.installation.names()?;
        let samples = outcome.imported.samples(&session.module.manifest, &names, PREVIEW_ROWS)?;
        let tables = samples.into_iter().map(|(schema, sample)| PreviewTable {
            table: schema.name.to_owned(),
            columns: schema.columns.iter().map(|column| column.name.to_owned()).collect(),
            rows: sample.rows.into_iter().map(|row| row.into_iter().map(Value::from).collect()).collect(),
            more: sample.more,
            personal: schema
                .columns
                .iter()
                .filter(|column| PERSONAL.contains(&column.name) && schema.name != "tenant")
                .map(|column| column.name.to_owned())
                .collect(),
        });
        let preview = Preview { tables: tables.collect() };
        task.change(|state| state.preview = Some(preview));
    }
    Ok(Came::Nothing)
}

fn check(result: &CheckResult, words: &Words) -> Check {
    let text = words.text(&result.code, &result.arguments);
    let verdict = match result.outcome {
        CheckOutcome::Pass => CheckVerdict::Pass,
        CheckOutcome::Warning => CheckVerdict::Warning,
        CheckOutcome::Fail => CheckVerdict::Fail,
    };
    Check { check: result.check.clone(), verdict, code: result.code.clone(), title: text.title, advice: text.advice }
}

/// Puts each check into the state as soon as it is decided.
struct Onlooker {
    app: Arc<App>,
    task: Arc<Task>,
    words: Words,
}

impl Observer for Onlooker {
    fn table(&self, _progress: &beacon_driver::TableProgress) {}
    fn waiting(&self, _pause: Duration) {}
    fn check(&self, result: &CheckResult) {
        let check = check(result, &self.words);
        self.task.change(|state| state.checks.push(check));
        self.app.tell(Happened::Task { task: self.task.id.clone() });
    }
    fn note(&self, _note: &Note) {}
    fn publishing(&self) {}
}
