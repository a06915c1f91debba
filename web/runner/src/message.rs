//! What page and worker say to each other by `postMessage`: plain objects, so that any script could be either side.
//!
//! | from the page | to the page |
//! |---|---|
//! | `{kind: "session", csrf}`, first | nothing |
//! | `{kind: "check", id, digest, settings, configured}` | `{id, errors}` |
//! | `{kind: "load", id, digest}` | `{id, done: true}` |
//! | `{kind: "drive", id, digest, task}` | `{id, done: true}` |
//! | any order | `{id, failed}` if it came to nothing |
//!
//! `id` is a whole number that the page chooses, `digest` the SHA-256 of the module, `settings` the JSON text of what a
//! person entered, `configured` a list of slot names, `errors` the JSON text of a list of field errors, `failed` a
//! sentence.

use crate::javascript::{member, object, text};
use beacon_contract::{FieldError, Settings, SlotName};
use js_sys::Array;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast as _, JsValue};

/// What the page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Who it is; before anything else, and again when the session changes.
    Session {
        /// Value of the header that the host wants with every POST.
        csrf: String,
    },
    /// Look at settings.
    Check {
        /// Number of the answer.
        id: u32,
        /// Module.
        digest: String,
        /// What was entered, not yet filled with defaults.
        settings: Settings,
        /// Slots that hold a secret, or will.
        configured: BTreeSet<SlotName>,
    },
    /// Load a module, so that it is known whether this browser can run it.
    Load {
        /// Number of the answer.
        id: u32,
        /// Module.
        digest: String,
    },
    /// Run a task of the host.
    Drive {
        /// Number of the answer.
        id: u32,
        /// Module.
        digest: String,
        /// Id of the task.
        task: String,
    },
}

/// What the worker answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// What is wrong with the settings.
    Errors(Vec<FieldError>),
    /// The module is loaded, or the task is over; how it ended the host knows.
    Done,
    /// It came to nothing: a sentence.
    Failed(String),
}

/// A message that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not one that page and worker exchange")]
pub struct MessageError;

/// A whole number, as a script has it.
fn number(value: &JsValue) -> Option<u32> {
    let number = member(value, "id").as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it came from")]
    let whole = number as u32;
    (f64::from(whole) == number).then_some(whole)
}

impl Order {
    /// Number of an order, even of one that cannot be read.
    pub(crate) fn id_of(value: &JsValue) -> Option<u32> {
        number(value)
    }

    /// Reads an order.
    ///
    /// # Errors
    /// [`MessageError`] if it is none.
    pub fn from_js(value: &JsValue) -> Result<Self, MessageError> {
        let text = |name| text(value, name).ok_or(MessageError);
        let id = || number(value).ok_or(MessageError);
        Ok(match text("kind")?.as_str() {
            "session" => Self::Session { csrf: text("csrf")? },
            "check" => {
                let slots = member(value, "configured").dyn_into::<Array>().map_err(|_| MessageError)?;
                let slot = |slot: JsValue| slot.as_string().and_then(|slot| slot.parse().ok()).ok_or(MessageError);
                Self::Check {
                    id: id()?,
                    digest: text("digest")?,
                    settings: serde_json::from_str(&text("settings")?).map_err(|_| MessageError)?,
                    configured: slots.iter().map(slot).collect::<Result<_, _>>()?,
                }
            }
            "load" => Self::Load { id: id()?, digest: text("digest")? },
            "drive" => Self::Drive { id: id()?, digest: text("digest")?, task: text("task")? },
            _ => return Err(MessageError),
        })
    }

    /// The object to post.
    #[must_use]
    pub fn to_js(&self) -> JsValue {
        match self {
            Self::Session { csrf } => object(&[("kind", "session".into()), ("csrf", csrf.into())]),
            Self::Check { id, digest, settings, configured } => {
                let slots: Array = configured.iter().map(|slot| JsValue::from_str(slot.as_str())).collect();
                // Text keys and JSON values: writing them cannot fail.
                let settings = serde_json::to_string(settings).unwrap_or_default();
                object(&[
                    ("kind", "check".into()),
                    ("id", (*id).into()),
                    ("digest", digest.into()),
                    ("settings", settings.into()),
                    ("configured", slots.into()),
                ])
            }
            Self::Load { id, digest } => {
                object(&[("kind", "load".into()), ("id", (*id).into()), ("digest", digest.into())])
            }
            Self::Drive { id, digest, task } => object(&[
                ("kind", "drive".into()),
                ("id", (*id).into()),
                ("digest", digest.into()),
                ("task", task.into()),
            ]),
        }
    }
}

impl Reply {
    /// Reads an answer and its number.
    ///
    /// # Errors
    /// [`MessageError`] if it is none.
    pub fn from_js(value: &JsValue) -> Result<(u32, Self), MessageError> {
        let id = number(value).ok_or(MessageError)?;
        let reply = if let Some(sentence) = text(value, "failed") {
            Self::Failed(sentence)
        } else if let Some(errors) = text(value, "errors") {
            Self::Errors(serde_json::from_str(&errors).map_err(|_| MessageError)?)
        } else if member(value, "done").is_truthy() {
            Self::Done
        } else {
            return Err(MessageError);
        };
        Ok((id, reply))
    }

    /// The object to post.
    #[must_use]
    pub fn to_js(&self, id: u32) -> JsValue {
        let (name, value) = match self {
            // Texts only: writing them cannot fail.
            Self::Errors(errors) => ("errors", serde_json::to_string(errors).unwrap_or_default().into()),
            Self::Done => ("done", JsValue::TRUE),
            Self::Failed(sentence) => ("failed", sentence.into()),
        };
        object(&[("id", id.into()), (name, value)])
    }
}
