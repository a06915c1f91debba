//! The file: JSON in one form, so that the same configuration always gives the same bytes. It holds no id and no time of
//! the data folder that it came from, and a secret only within [`Document::secrets`].

use crate::trouble::Trouble;
use beacon_schedule::{Missed, Rule, Window};
use beacon_store::{Access, CredentialKind, DestinationProxy, Hold, Label, Retention};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What the file says it is.
const FORMAT: &str = "m365-beacon configuration";

/// Version of what is in it.
const VERSION: u32 = 1;

/// A file that is larger is none.
const LARGEST: usize = 64 << 20;

/// The whole file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) format: String,
    pub(super) version: u32,
    /// What is filled in for new connections, as the page's settings say it.
    pub(super) defaults: Option<Value>,
    pub(super) default_proxy: Option<ProxyEntry>,
    pub(super) profiles: Vec<ProfileEntry>,
    pub(super) schedules: Vec<ScheduleEntry>,
    pub(super) connections: Vec<ConnectionEntry>,
    pub(super) destinations: Vec<DestinationEntry>,
    /// Which packages go by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retention: Option<Retention>,
    /// What `beacon secrets export` writes, in base64: an age file for one recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secrets: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProxyEntry {
    pub(super) server: String,
    pub(super) username: Option<String>,
    pub(super) bypass: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileEntry {
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) kind: CredentialKind,
    pub(super) origins: Vec<String>,
    /// Of the credential, so only there with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_on: Option<Date>,
    /// The same of a certificate that is not in use yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_until: Option<Date>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleEntry {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) zone: String,
    pub(super) missed: Missed,
    pub(super) jitter_seconds: u32,
    pub(super) window: Option<Window>,
    pub(super) parallel: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionEntry {
    pub(super) name: String,
    pub(super) source_type: String,
    pub(super) settings: Map<String, Value>,
    /// Name of the credential profile it uses.
    pub(super) profile: Option<String>,
    /// Name of the schedule it follows.
    pub(super) schedule: Option<String>,
    /// A proxy of its own.
    pub(super) proxy: Option<ProxyEntry>,
    /// Without a proxy of its own it uses none, not even the default.
    pub(super) no_proxy: bool,
    /// How a person holds it.
    pub(super) hold: Option<Hold>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) labels: BTreeSet<Label>,
    pub(super) tenant: Option<TenantEntry>,
}

/// What a consent or the first import told; later ones must be of the same tenant.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantEntry {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) consented_by: Option<String>,
    pub(super) scopes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DestinationEntry {
    pub(super) name: String,
    pub(super) place: PlaceEntry,
    pub(super) only_complete: bool,
    /// How it is reached; straight if the file says nothing.
    #[serde(default, skip_serializing_if = "DestinationProxy::is_none")]
    pub(super) proxy: DestinationProxy,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum PlaceEntry {
    Folder { path: PathBuf },
    Upload { address: String, access: Access, username: Option<String> },
}

impl Document {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            defaults: None,
            default_proxy: None,
            profiles: Vec::new(),
            schedules: Vec::new(),
            connections: Vec::new(),
            destinations: Vec::new(),
            retention: None,
            secrets: None,
        }
    }

    /// The bytes of the file.
    pub(super) fn written(&self) -> Result<Vec<u8>, Trouble> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| Trouble::unexpected(&error))?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads a file; what it is and of which version is looked at before anything else of it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        if bytes.len() > LARGEST {
            let title = format!("the file is larger than {} MiB", LARGEST >> 20);
            return Err(refused("config.too_large", title, "Name a file that `beacon config export` wrote."));
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
        if head.format != FORMAT {
            let title = "the file is no configuration of a beacon";
            return Err(refused("config.format", title, "Name a file that `beacon config export` wrote."));
        }
        if head.version != VERSION {
            let title = format!("the file has version {}, and this program knows version {VERSION}", head.version);
            return Err(refused("config.version", title, "Export and import with the same version of beacon."));
        }
        serde_json::from_slice(bytes).map_err(|error| unreadable(&error))
    }
}

/// As much of a file as says what the rest is.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
}

fn refused(code: &str, title: impl ToString, advice: &str) -> Trouble {
    Trouble::settings(code, title, advice)
}

/// The library names line and column.
fn unreadable(error: &serde_json::Error) -> Trouble {
    let title = "the file cannot be read as a configuration";
    refused("config.unreadable", title, "Correct the place, or export it again. Nothing was changed.").with(error)
}
