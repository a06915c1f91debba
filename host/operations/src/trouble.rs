//! What a person is told when something does not work: what happened, what to do, and the details for support.

use crate::words::Words;
use beacon_contract::{Fail, FailKind, FieldError, Text};
use beacon_driver::{AssertionError, ClientError, PublishError, RunError};
use beacon_package::{ExportError, PackageError};
use beacon_sandbox::{CompileError, Refusal};
use beacon_schedule::InvalidTiming;
use beacon_store::{ErrorKind as StoreKind, RunState, StoreError};
use beacon_vault::{ErrorKind as VaultKind, VaultError};
use serde::{Deserialize, Serialize};
use std::error::Error;

/// A readable failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What it asks of the person.
    pub kind: FailKind,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub title: String,
    /// The next step.
    pub advice: String,
    /// Causes, numbers, ids; one per line.
    pub detail: Vec<String>,
    /// Fields that are wrong, if it is about a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldTrouble>,
    /// Whether it should not happen at all.
    #[serde(skip)]
    pub unexpected: bool,
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldTrouble {
    /// Id of the field.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong.
    pub title: String,
    /// The next step.
    pub advice: String,
}

impl Trouble {
    /// A failure.
    pub fn new(kind: FailKind, code: &str, title: impl ToString, advice: impl ToString) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            title: sentence(&title.to_string()),
            advice: advice.to_string(),
            detail: Vec::new(),
            fields: Vec::new(),
            unexpected: false,
        }
    }

    /// A setting or an argument is wrong.
    pub fn settings(code: &str, title: impl ToString, advice: impl ToString) -> Self {
        Self::new(FailKind::Settings, code, title, advice)
    }

    /// Something that should not happen.
    pub fn unexpected(error: &dyn Error) -> Self {
        let mut trouble = Self::new(FailKind::Defect, "beacon.unexpected", error, "Report it with these details.");
        trouble.unexpected = true;
        trouble.caused_by(error)
    }

    /// Adds the causes below an error, one line each.
    pub fn caused_by(mut self, error: &dyn Error) -> Self {
        self.detail.extend(std::iter::successors(error.source(), |cause| (*cause).source()).map(ToString::to_string));
        self
    }

    /// Adds a detail.
    pub fn with(mut self, detail: impl ToString) -> Self {
        self.detail.push(detail.to_string());
        self
    }

    /// State of a run that ended with it.
    #[must_use]
    pub fn run_state(&self) -> RunState {
        match self.kind {
            _ if self.unexpected => RunState::Failed,
            FailKind::Consent => RunState::ConsentNeeded,
            FailKind::Settings => RunState::Settings,
            FailKind::Defect => RunState::ModuleFault,
            FailKind::Retry => RunState::Failed,
        }
    }

    /// Says which field of the form it is about, too.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        let (code, title, advice) = (self.code.clone(), self.title.clone(), self.advice.clone());
        self.fields.push(FieldTrouble { field: field.to_owned(), code, title, advice });
        self
    }

    /// What a module said about why its task cannot be finished.
    pub fn of_fail(fail: &Fail, words: &Words) -> Self {
        let Text { title, advice } = words.text(&fail.code, &fail.arguments);
        Self::new(fail.kind, &fail.code, title, advice)
    }

    /// Wrong settings, one line each.
    pub fn of_fields(errors: &[FieldError], words: &Words) -> Self {
        let title = match errors {
            [_] => "One setting is not right.".to_owned(),
            several => format!("{} settings are not right.", several.len()),
        };
        let code = errors.first().map_or("settings", |error| error.code.as_str());
        let mut trouble = Self::settings(code, title, "Nothing was changed. Correct it and try again.");
        for error in errors {
            let field = FieldTrouble::new(error, words);
            trouble.detail.push(format!("{}: {} {}", field.field, field.title, field.advice));
            trouble.fields.push(field);
        }
        trouble
    }

    /// What ended a run that could not be driven to an end.
    #[must_use]
    pub fn of_run(error: &RunError, words: &Words) -> Self {
        let Text { advice, .. } = words.text(error.code(), &std::collections::BTreeMap::new());
        Self::new(error.kind(), error.code(), error, advice).caused_by(error)
    }
}

impl FieldTrouble {
    /// The words for a wrong field.
    #[must_use]
    pub fn new(error: &FieldError, words: &Words) -> Self {
        let mut arguments = error.arguments.clone();
        arguments.entry("label".to_owned()).or_insert_with(|| words.label(&error.field));
        let Text { title, advice } = words.text(&error.code, &arguments);
        Self { field: error.field.clone(), code: error.code.clone(), title, advice }
    }
}

/// A sentence begins with a capital and ends with a dot; the parts it is made of do not.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut characters = text.trim().chars();
    let Some(first) = characters.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?', ':']) {
        sentence.push('.');
    }
    sentence
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        let kind = match error.kind() {
            StoreKind::Retry | StoreKind::Installation => FailKind::Retry,
            StoreKind::Input => FailKind::Settings,
            _ => FailKind::Defect,
        };
        Self::new(kind, error.code(), &error, error.hint()).caused_by(&error)
    }
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        let kind = match error.kind() {
            VaultKind::EnterSecretAgain | VaultKind::Installation => FailKind::Settings,
            _ => FailKind::Defect,
        };
        Self::new(kind, error.code(), &error, error.hint()).caused_by(&error)
    }
}

impl From<PackageError> for Trouble {
    fn from(error: PackageError) -> Self {
        let (kind, code, advice) = match &error {
            PackageError::Storage { .. } | PackageError::Parquet { .. } => {
                (FailKind::Retry, "package.storage", "Check free space and permissions of that folder, then try again.")
            }
            PackageError::NotAPackage { .. } | PackageError::Manifest { .. } => (
                FailKind::Settings,
                "package.not_a_package",
                "Name the folder that holds datapackage.json. A package that was never finished has none.",
            ),
            PackageError::OtherTenant(_) => {
                (FailKind::Settings, "package.other_tenant", "Compare packages of one tenant.")
            }
            PackageError::Altered(_) => (
                FailKind::Settings,
                "package.altered",
                "Copy the package again from where it was written. `beacon package verify` tells what is wrong with it.",
            ),
            PackageError::Exists(_) | PackageError::BadTarget(_) | PackageError::NoTable { .. } => {
                (FailKind::Settings, "package.target", "Name another folder.")
            }
            _ => (FailKind::Settings, "package.unreadable", "Run `beacon package verify` on it."),
        };
        Self::new(kind, code, &error, advice).caused_by(&error)
    }
}

impl From<ExportError> for Trouble {
    fn from(error: ExportError) -> Self {
        let kind = if matches!(error, ExportError::Storage { .. }) { FailKind::Retry } else { FailKind::Settings };
        Self::new(kind, error.code(), &error, error.next_step()).caused_by(&error)
    }
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::NoTenant => Self::new(
                FailKind::Defect,
                "module.no_tenant",
                &error,
                "Nothing was published. Report it to the publisher of the connector.",
            ),
            PublishError::Package(cause) => Self::from(cause),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let advice = "Use an unchanged module from its publisher. A refused module imports nothing.";
        Self::new(FailKind::Defect, refusal.code(), &refusal, advice).caused_by(&refusal)
    }
}

impl From<CompileError> for Trouble {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Refused(refusal) => refusal.into(),
            other => Self::new(FailKind::Defect, "sandbox.compiler", &other, "Report it to the module's publisher.")
                .caused_by(&other),
        }
    }
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        let advice = match &error {
            ClientError::Authorities(_) => "Name a file with one or more PEM certificates after --ca-file.",
            ClientError::Proxy(_) => "Check the proxy of this connection.",
            ClientError::Identity => "Give a certificate with the private key that fits, both as PEM.",
            ClientError::Client(_) => "Report it with these details.",
        };
        Self::settings("http.client", &error, advice).caused_by(&error)
    }
}

impl From<AssertionError> for Trouble {
    fn from(error: AssertionError) -> Self {
        let advice = "Give one PEM file that holds the certificate and its private RSA key.";
        Self::settings("settings.certificate", error, advice)
    }
}

impl From<InvalidTiming> for Trouble {
    fn from(error: InvalidTiming) -> Self {
        Self::settings("schedule.timing", &error, "Nothing was changed. Correct it and try again.").about(error.field)
    }
}
