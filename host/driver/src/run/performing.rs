//! The part of a run that waits: requests and grants side by side, delivered one at a time.

use super::core::{Action, Core};
use super::delivery::Delivery;
use super::error::RunError;
use super::outcome::{Imported, RunEnd, RunOutcome};
use super::replay::{Replayed, replay};
use super::request::{RunJournal, RunRequest, Surroundings};
use crate::egress::EgressPolicy;
use crate::grant::{GrantParts, TRIES, Tokens, token_body};
use crate::guest::Guest;
use crate::http::{
    Answer, BodyLimits, Failure, Governor, Order, Performer, ResponseFacts, RetryBudget, RetryPolicy, Statistics,
};
use crate::journal::JournalReader;
use crate::ledger::Ledger;
use beacon_contract::{
    CONTRACT_VERSION, ChainRoot, Failed, FailureKind, GrantWish, Granted, HttpWish, Manifest, PageOf, Refused,
    RequestId, Start, TableName,
};
use beacon_package::Spill;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::Instrument as _;
use url::Url;

/// What an open wish led to.
enum Completion {
    Http { id: RequestId, page_of: Option<PageOf>, result: Result<Answer, Failure>, facts: ResponseFacts },
    Grant(Result<Granted, Refused>),
}

struct Loop {
    performer: Arc<Performer>,
    tokens: Arc<Tokens>,
    parallel: Arc<Semaphore>,
    /// Each on a task of its own, so that bodies arrive and unpack while the module is polled.
    open: JoinSet<Completion>,
    lanes: BTreeMap<TableName, String>,
    ids: BTreeSet<RequestId>,
    open_limit: usize,
    cancelled: bool,
    grants: Vec<Granted>,
    refused: Option<Refused>,
}

/// Runs one task of a module to its end.
///
/// # Errors
/// [`RunError`] if the run broke off; a failure that the module itself states is part of the outcome.
pub async fn run(
    guest: Box<dyn Guest>,
    request: RunRequest,
    surroundings: Surroundings,
) -> Result<RunOutcome, RunError> {
    let start = start_event(&request, &surroundings);
    let cancel = surroundings.cancel.clone();
    let (mut work, mut core, resume) = prepare(guest, &request, surroundings)?;
    let mut end = None;
    let mut delivery = Some(Delivery::Start(start));
    if let Some((reader, path)) = resume {
        let replayed;
        (core, replayed) = resumed(core, reader, path).await?;
        if replayed.began {
            delivery = None;
            end = work.go_on(replayed).await?;
        }
    }
    loop {
        if let Some(next) = delivery.take() {
            let actions;
            (core, actions) = step(core, next).await?;
            for action in actions {
                match action {
                    Action::Http(http, body) => work.http(http, body)?,
                    Action::Grant(grant) => work.grant(grant)?,
                    Action::Done(done) => end = Some(RunEnd::Done(done)),
                    Action::Fail(fail) => end = Some(RunEnd::Failed(fail)),
                }
            }
        }
        if let Some(end) = end {
            return outcome(end, work, core).await;
        }
        if work.open.is_empty() {
            return if work.cancelled { outcome(RunEnd::Cancelled, work, core).await } else { Err(RunError::Stalled) };
        }
        tokio::select! {
            () = cancel.cancelled(), if !work.cancelled => {
                // Open requests are dropped; the module is told once and may still say something.
                work.cancelled = true;
                work.open.abort_all();
                work.open = JoinSet::new();
                work.ids.clear();
                delivery = Some(Delivery::Cancel);
            }
            Some(completion) = work.open.join_next() => {
                delivery = Some(work.completed(completion.map_err(|_| RunError::Host)?, &mut core)?);
            }
        }
        if work.cancelled && delivery.is_none() {
            return outcome(RunEnd::Cancelled, work, core).await;
        }
    }
}

fn start_event(request: &RunRequest, surroundings: &Surroundings) -> Start {
    Start {
        contract: CONTRACT_VERSION,
        task: request.task.name().to_owned(),
        settings: request.settings.clone(),
        configured: surroundings.secrets.configured(),
        now: request.now.to_string(),
        seed: request.seed.iter().map(|byte| format!("{byte:02x}")).collect(),
        plan: request.plan.clone(),
    }
}

/// The two halves of a run, and the journal to go on from.
type Prepared = (Loop, Box<Core>, Option<(JournalReader, PathBuf)>);

fn prepare(guest: Box<dyn Guest>, request: &RunRequest, surroundings: Surroundings) -> Result<Prepared, RunError> {
    let Surroundings { transport, secrets, interaction, clock, observer, folder, journal, limits, .. } = surroundings;
    let (journal, resume) = match journal {
        None => (None, None),
        Some(RunJournal::New(writer)) => (Some(writer), None),
        Some(RunJournal::Resume { reader, path }) => (None, Some((reader, path))),
    };
    let manifest = Arc::clone(&request.manifest);
    let policy = EgressPolicy::new(
        manifest.egress.clone(),
        manifest.slots.clone(),
        request.settings.clone(),
        surroundings.addresses,
        surroundings.route,
    );
    // Unknown to the module: it cannot prepare names that collide with dropped ones.
    let fingerprint_seed: [u8; 16] = rand::random();
    let spill = Spill::create(&folder, limits.spill_bytes, fingerprint_seed).map_err(RunError::Spill)?;
    let ledger = Ledger::new(Arc::clone(&manifest), request.settings.clone(), fingerprint_seed);
    let body = BodyLimits {
        wire_bytes: limits.wire_bytes,
        plain_bytes: limits.body_bytes,
        memory_bytes: limits.body_memory_bytes,
        folder: folder.clone(),
    };
    let exchange = crate::grant::Exchange {
        transport: Arc::clone(&transport),
        clock: Arc::clone(&clock),
        // A person may be waiting: fewer and shorter tries than for pages.
        retry: RetryPolicy { tries: limits.retry.tries.min(TRIES), ..limits.retry.clone() },
        body: token_body(folder),
    };
    let parts = GrantParts {
        manifest,
        settings: request.settings.clone(),
        pinned_tenant: request.pinned_tenant.clone(),
        policy: policy.clone(),
        exchange,
        secrets,
        interaction,
    };
    let waiting = {
        let observer = Arc::clone(&observer);
        Box::new(move |pause| observer.waiting(pause))
    };
    let performer = Performer {
        transport,
        policy,
        clock,
        retry: limits.retry,
        budget: RetryBudget::default(),
        governor: Governor::new(&request.manifest.lanes),
        body,
        statistics: Statistics::default(),
        waiting,
    };
    let work = Loop {
        performer: Arc::new(performer),
        tokens: Arc::new(Tokens::new(parts)),
        parallel: Arc::new(Semaphore::new(limits.parallel_requests)),
        open: JoinSet::new(),
        lanes: lanes(&request.manifest),
        ids: BTreeSet::new(),
        open_limit: limits.open_requests,
        cancelled: false,
        grants: Vec::new(),
        refused: None,
    };
    let core = Core {
        guest,
        journal,
        ledger,
        spill,
        observer,
        limits: limits.wishes,
        poll_bytes: limits.poll_bytes,
        journal_bytes: limits.journal_bytes,
        pinned_tenant: request.pinned_tenant.clone(),
        tenant_id: None,
        checks: Vec::new(),
        field_errors: Vec::new(),
        notes: Vec::new(),
        rows: BTreeMap::new(),
        sequence: 0,
        ended: false,
        output: Vec::new(),
    };
    Ok((work, Box::new(core), resume))
}

/// Replays on a thread that may block.
async fn resumed(mut core: Box<Core>, reader: JournalReader, path: PathBuf) -> Result<(Box<Core>, Replayed), RunError> {
    let replaying = tokio::task::spawn_blocking(move || {
        let replayed = replay(&mut core, reader, &path)?;
        Ok((core, replayed))
    });
    replaying.await.map_err(|_| RunError::Host)?
}

/// Lanes of lists that have one of their own.
fn lanes(manifest: &Manifest) -> BTreeMap<TableName, String> {
    let of_list = |root: &ChainRoot| Some((root.table.clone(), root.lane.clone()?));
    manifest.chains.iter().filter_map(of_list).collect()
}

/// One step on a thread that may block: polls are pure computing, journal and spill are files.
async fn step(mut core: Box<Core>, delivery: Delivery) -> Result<(Box<Core>, Vec<Action>), RunError> {
    let stepped = tokio::task::spawn_blocking(move || {
        let actions = core.step(delivery)?;
        Ok((core, actions))
    });
    stepped.await.map_err(|_| RunError::Host)?
}

impl Loop {
    /// Does for real what a replayed module still waits for.
    async fn go_on(&mut self, replayed: Replayed) -> Result<Option<RunEnd>, RunError> {
        let Replayed { open, end, grants, refused, exchanges, retries, .. } = replayed;
        for granted in &grants {
            self.tokens.restore(granted).await;
        }
        self.grants = grants;
        self.refused = refused;
        self.performer.statistics.exchanges.fetch_add(exchanges, Ordering::Relaxed);
        self.performer.statistics.retries.fetch_add(retries, Ordering::Relaxed);
        for action in open.into_values() {
            match action {
                Action::Http(http, body) => self.http(http, body)?,
                Action::Grant(grant) => self.grant(grant)?,
                Action::Done(_) | Action::Fail(_) => {}
            }
        }
        Ok(end)
    }

    fn claim(&mut self, id: RequestId) -> Result<(), RunError> {
        if !self.ids.insert(id) {
            return Err(RunError::Rule(format!("it used the number {id} for two open wishes")));
        }
        if self.ids.len() > self.open_limit {
            return Err(RunError::Rule(format!("it has more than {} open wishes", self.open_limit)));
        }
        Ok(())
    }

    fn grant(&mut self, grant: GrantWish) -> Result<(), RunError> {
        self.claim(grant.id)?;
        let tokens = Arc::clone(&self.tokens);
        self.open.spawn(async move { Completion::Grant(tokens.grant(grant).await) }.in_current_span());
        Ok(())
    }

    fn http(&mut self, http: HttpWish, body: Vec<u8>) -> Result<(), RunError> {
        self.claim(http.id)?;
        let HttpWish { id, method, url, headers, slot, page_of, body: has_body } = http;
        let (performer, tokens, parallel) =
            (Arc::clone(&self.performer), Arc::clone(&self.tokens), Arc::clone(&self.parallel));
        let lane = page_of.as_ref().and_then(|page_of| self.lanes.get(&page_of.table)).cloned();
        let sent = async move {
            let (result, facts) = match Url::parse(&url) {
                Ok(url) => {
                    // The semaphore is never closed; without a permit the request would only run unqueued.
                    let _permit = parallel.acquire_owned().await;
                    let order = Order { method, url, headers, slot, body: has_body.then_some(body), lane };
                    performer.perform(order, &tokens).await
                }
                Err(_) => {
                    let failure = Failure {
                        kind: FailureKind::Forbidden,
                        code: "egress.scheme",
                        message: "this is not an absolute address".to_owned(),
                        request_sent: false,
                    };
                    (Err(failure), ResponseFacts::default())
                }
            };
            Completion::Http { id, page_of, result, facts }
        };
        // A task of its own still belongs to this run: its lines in the log say so.
        self.open.spawn(sent.in_current_span());
        Ok(())
    }

    fn completed(&mut self, completion: Completion, core: &mut Core) -> Result<Delivery, RunError> {
        Ok(match completion {
            Completion::Http { id, page_of, result, facts } => {
                self.ids.remove(&id);
                core.cost(page_of.as_ref(), facts)?;
                match result {
                    Ok(answer) => Delivery::Answer { id, page_of, answer },
                    Err(Failure { kind, code, message, request_sent }) => {
                        Delivery::Failed(Failed { id, kind, code: code.to_owned(), message, request_sent })
                    }
                }
            }
            Completion::Grant(Ok(granted)) => {
                self.ids.remove(&granted.id);
                self.grants.push(granted.clone());
                Delivery::Granted(granted)
            }
            Completion::Grant(Err(refused)) => {
                self.ids.remove(&refused.id);
                self.refused = Some(refused.clone());
                Delivery::Refused(refused)
            }
        })
    }
}

async fn outcome(end: RunEnd, work: Loop, core: Box<Core>) -> Result<RunOutcome, RunError> {
    let Core { ledger, spill, tenant_id, checks, field_errors, notes, .. } = *core;
    let merge = tokio::task::spawn_blocking(move || spill.finish()).await.map_err(|_| RunError::Host)?;
    let merge = merge.map_err(RunError::Spill)?;
    let statistics = &work.performer.statistics;
    Ok(RunOutcome {
        end,
        checks,
        field_errors,
        notes,
        grants: work.grants,
        refused: work.refused,
        consent: work.tokens.take_consent().await,
        exchanges: statistics.exchanges.load(Ordering::Relaxed),
        retries: statistics.retries.load(Ordering::Relaxed),
        imported: Imported { merge, ledger, tenant_id },
    })
}
