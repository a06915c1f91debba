//! Putting a run together: module, settings, secrets, network, journal.

use crate::audit;
use crate::consent;
use crate::folders::Folders;
use crate::installation::Installation;
use crate::modules::Module;
use crate::proxy;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use beacon_contract::{FieldError, Settings, SlotName, Task, joined_errors};
use beacon_driver::{
    AddressRule, Cancel, Clock as _, Guest, Interaction, JournalHeader, JournalReader, JournalWriter, NobodyThere,
    Observer, Route, RunEnd, RunError, RunJournal, RunLimits, RunOutcome, RunRequest, SecretSlots, SlotError,
    Surroundings, SystemClock, Transport,
};
use beacon_store::{Action, ActionOutcome, Connection, Deed, RunId, StateKind};
use beacon_vault::{DataKeyId, RunKey, Secret};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// One run about to start.
pub struct Session<'a> {
    /// The data folder.
    pub installation: &'a Installation,
    /// The connection.
    pub connection: &'a Connection,
    /// The module.
    pub module: &'a Module,
    /// The run.
    pub run: RunId,
    /// The secrets of the connection, unlocked.
    pub secrets: Arc<Secrets>,
    /// The data key behind the journal of an interrupted run that goes on.
    resumed: Option<DataKeyId>,
}

/// A folder that is gone when the run is over, however it ends; unless the process ends first and parks it.
pub struct RunFolder {
    path: PathBuf,
    parking: Arc<AtomicBool>,
}

impl RunFolder {
    fn create(folders: &Folders, run: RunId, parking: Arc<AtomicBool>) -> Result<Self, Trouble> {
        let path = folders.run(run);
        std::fs::create_dir_all(&path).map_err(|error| {
            let title = format!("the folder {} cannot be made", path.display());
            let advice = "Check free space and permissions of the data folder, then try again.";
            Trouble::new(beacon_contract::FailKind::Retry, "run.folder", title, advice).with(error)
        })?;
        Ok(Self { path, parking })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed with the data folder; the run itself is not worse for it.
        if !self.parking.load(Ordering::Relaxed) {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl<'a> Session<'a> {
    /// A task about to start.
    ///
    /// # Errors
    /// [`Trouble`] if the secrets cannot be unlocked.
    pub fn new(
        installation: &'a Installation,
        connection: &'a Connection,
        module: &'a Module,
    ) -> Result<Self, Trouble> {
        let secrets = Arc::new(Secrets::open(installation, connection.id)?);
        Ok(Self { installation, connection, module, run: RunId::from(Uuid::new_v4()), secrets, resumed: None })
    }

    /// The session that goes on with an interrupted run; `None` if its journal does not fit any more: another module,
    /// other settings, another version of this program, or no readable journal at all.
    ///
    /// # Errors
    /// [`Trouble`] if the secrets cannot be unlocked.
    pub fn resuming(
        installation: &'a Installation,
        connection: &'a Connection,
        module: &'a Module,
        run: RunId,
    ) -> Result<Option<Self>, Trouble> {
        let secrets = Arc::new(Secrets::open(installation, connection.id)?);
        let mut session = Self { installation, connection, module, run, secrets, resumed: None };
        // The journal may be older than the newest data key.
        session.resumed = JournalReader::data_key(&session.journal_path()).ok().map(DataKeyId::from);
        let Ok(key) = session.run_key() else { return Ok(None) };
        let Ok(reader) = JournalReader::open(&session.journal_path(), &key) else { return Ok(None) };
        Ok((*reader.header() == session.header(&key)).then_some(session))
    }

    fn journal_path(&self) -> PathBuf {
        self.installation.folders.run(self.run).join("journal")
    }

    fn run_key(&self) -> Result<RunKey, Trouble> {
        self.secrets.run_key(self.run, self.resumed)
    }

    fn header(&self, key: &RunKey) -> JournalHeader {
        JournalHeader::new(&self.run.to_string(), &self.module.digest, self.connection.settings_revision, key)
    }

    /// The settings with defaults, as the module gets them.
    pub fn settings(&self) -> Settings {
        let given = Settings(self.connection.settings.clone().into_iter().collect());
        self.module.manifest.form.effective(&given)
    }

    /// Runs one task. The folder of the run holds its journal until what it brought is safe, and room for sorting.
    ///
    /// # Errors
    /// [`Trouble`] if it could not be driven to an end; what the module says of its end is in the outcome.
    pub async fn run(
        &self,
        task: Task,
        interaction: Arc<dyn Interaction>,
        observer: Arc<dyn Observer>,
        cancel: Cancel,
    ) -> Result<(RunOutcome, RunFolder), Trouble> {
        self.run_with(sandboxed(self.module)?, task, interaction, observer, cancel).await
    }

    /// The same with another guest than the sandboxed module: the module in the worker of a page.
    ///
    /// # Errors
    /// As for [`Self::run`].
    pub async fn run_with(
        &self,
        guest: Box<dyn Guest>,
        task: Task,
        interaction: Arc<dyn Interaction>,
        observer: Arc<dyn Observer>,
        cancel: Cancel,
    ) -> Result<(RunOutcome, RunFolder), Trouble> {
        let folder = RunFolder::create(&self.installation.folders, self.run, self.installation.parking())?;
        let journal = if task == Task::Import { Some(self.journal()?) } else { None };
        let request = RunRequest {
            manifest: Arc::clone(&self.module.manifest),
            task,
            settings: self.settings(),
            now: SystemClock.now(),
            seed: rand::random(),
            plan: self.plan()?,
            pinned_tenant: self.connection.tenant_id.as_ref().map(ToString::to_string),
        };
        let (proxy, route) = proxy::access(self.installation, self.connection, &self.secrets)?;
        let surroundings = Surroundings {
            transport: Arc::new(self.installation.transport(proxy)?),
            addresses: self.installation.addresses(),
            route,
            secrets: Arc::clone(&self.secrets) as Arc<dyn SecretSlots>,
            interaction,
            clock: Arc::new(SystemClock),
            observer,
            cancel,
            folder: folder.path().to_owned(),
            journal,
            limits: RunLimits::default(),
        };
        let words = self.module.words();
        self.told_begun(task)?;
        let outcome = beacon_driver::run(guest, request, surroundings).await;
        let outcome = outcome.map_err(|error| Trouble::of_run(&error, &words));
        if task == Task::Consent {
            self.told_consent(&outcome)?;
        }
        Ok((outcome?, folder))
    }

    /// What a person lets a module do, beside imports, which are told where they are put into the list of runs.
    fn told_begun(&self, task: Task) -> Result<(), Trouble> {
        let action = match task {
            Task::Consent => Action::ConsentStarted,
            Task::Test => Action::ConnectionTested,
            Task::Preview => Action::ConnectionPreviewed,
            Task::Check | Task::Import => return Ok(()),
        };
        if task == Task::Consent || audit::is_person() {
            self.installation.record(&Deed::to_connection(action, self.connection))?;
        }
        Ok(())
    }

    /// What came of a consent.
    fn told_consent(&self, outcome: &Result<RunOutcome, Trouble>) -> Result<(), Trouble> {
        let failed = |code: &str| {
            let deed = Deed::to_connection(Action::ConsentFailed, self.connection).with("code", code);
            self.installation.record(&deed.ended(ActionOutcome::Failed))
        };
        match outcome {
            Err(trouble) => failed(&trouble.code),
            Ok(RunOutcome { end: RunEnd::Failed(fail), .. }) => failed(&fail.code),
            Ok(RunOutcome { consent: Some(consent), .. }) => {
                self.installation.record(&consent::told(Action::ConsentGranted, self.connection, consent))?;
                // One without a token that lasts is not kept.
                consent::offline(consent).or_else(|trouble| failed(&trouble.code))
            }
            // Given up, or nobody has to consent.
            Ok(_) => Ok(()),
        }
    }

    fn journal(&self) -> Result<RunJournal, Trouble> {
        let words = self.module.words();
        let failed = |error| Trouble::of_run(&RunError::from(error), &words);
        let key = self.run_key()?;
        let path = self.journal_path();
        if self.resumed.is_some() {
            let reader = JournalReader::open(&path, &key).map_err(failed)?;
            return Ok(RunJournal::Resume { reader, path });
        }
        JournalWriter::create(&path, &self.header(&key), &key).map(RunJournal::New).map_err(failed)
    }

    /// What the last successful run handed over.
    fn plan(&self) -> Result<Option<Value>, Trouble> {
        let state = self.installation.store().state(self.connection.id, StateKind::PLAN)?;
        // A plan only saves time; one that cannot be read is none.
        Ok(state.and_then(|state| serde_json::from_slice(&state.bytes).ok()))
    }
}

/// A fresh instance of a module in the sandbox.
fn sandboxed(module: &Module) -> Result<Box<dyn Guest>, Trouble> {
    let instance = module
        .compile()?
        .instantiate()
        .map_err(|fault| Trouble::new(beacon_contract::FailKind::Retry, fault.code(), &fault, "Try again."))?;
    Ok(Box::new(instance))
}

/// Asks the module whether settings are fine, without a connection, a network or a stored secret.
///
/// # Errors
/// [`Trouble`] if the module cannot be asked.
pub async fn check(
    folders: &Folders,
    module: &Module,
    given: &Settings,
    configured: BTreeSet<SlotName>,
) -> Result<Vec<FieldError>, Trouble> {
    let form = &module.manifest.form;
    let form_errors = form.check(given, &configured);
    let folder = RunFolder::create(folders, RunId::from(Uuid::new_v4()), Arc::default())?;
    let words = module.words();
    let guest = sandboxed(module)?;
    let request = RunRequest {
        manifest: Arc::clone(&module.manifest),
        task: Task::Check,
        settings: form.effective(given),
        now: SystemClock.now(),
        seed: rand::random(),
        plan: None,
        pinned_tenant: None,
    };
    let surroundings = Surroundings {
        transport: Arc::new(NoNetwork),
        addresses: AddressRule::default(),
        route: Route::Direct,
        secrets: Arc::new(OnlyNames(configured)),
        interaction: Arc::new(NobodyThere),
        clock: Arc::new(SystemClock),
        observer: Arc::new(beacon_driver::Nobody),
        cancel: Cancel::new(),
        folder: folder.path().to_owned(),
        journal: None,
        limits: RunLimits::default(),
    };
    let outcome =
        beacon_driver::run(guest, request, surroundings).await.map_err(|error| Trouble::of_run(&error, &words))?;
    if let beacon_driver::RunEnd::Failed(fail) = &outcome.end
        && outcome.field_errors.is_empty()
    {
        return Err(Trouble::of_fail(fail, &words));
    }
    Ok(joined_errors(form_errors, outcome.field_errors))
}

/// A check needs nobody's answer.
struct NoNetwork;

impl Transport for NoNetwork {
    fn send(
        &self,
        _request: beacon_driver::TransportRequest,
    ) -> futures_util::future::BoxFuture<'_, Result<beacon_driver::RawResponse, beacon_driver::SendError>> {
        let error = beacon_driver::SendError {
            kind: beacon_contract::FailureKind::Forbidden,
            code: "check.no_network",
            message: "a check asks nobody".to_owned(),
            request_sent: false,
        };
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Knows which secrets there will be, and none of them.
struct OnlyNames(BTreeSet<SlotName>);

impl SecretSlots for OnlyNames {
    fn configured(&self) -> BTreeSet<SlotName> {
        self.0.clone()
    }

    fn read(&self, _slot: &SlotName, _origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        Ok(None)
    }

    fn write(&self, slot: &SlotName, _origins: &BTreeSet<String>, _value: &Secret) -> Result<(), SlotError> {
        Err(SlotError { code: "check.no_secrets", message: format!("a check keeps nothing, not even {slot}") })
    }
}
