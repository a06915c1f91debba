//! The driver: performs what a connector wishes for, within what its manifest and the operator allow.
//!
//! **What it is.** The run loop between a module and the world: HTTP with egress policy, retries and caps; grants and
//! tokens; the journal; the completeness ledger; rows on their way into a package.
//!
//! **What it must never do.** Show a module, a log, an error or a package a credential. Know anything of Microsoft's
//! services: endpoints, scopes, tables and words come from the manifest. Believe a module that says "complete".
//!
//! **Where to start reading.** [`run`] drives one task, [`publish`] writes its package. [`EgressPolicy`] decides what
//! may leave, [`Transport`] is the line to the network, [`SecretSlots`] and [`Interaction`] are the lines to the vault
//! and to the person.

mod clock;
mod egress;
mod grant;
mod guest;
mod http;
mod journal;
mod ledger;
mod observer;
mod run;
mod texts;

pub use clock::{Clock, SystemClock};
pub use egress::{AddressRule, Admission, Bypass, EgressPolicy, Hop, InvalidBypass, Refusal, Route};
pub use grant::{
    Abandoned, AssertionError, Attempt, CertificateFacts, DeviceCode, Interaction, NobodyThere, PendingConsent,
    SecretSlots, SignInOrder, SlotError, Tokens, read_certificate, sign_in,
};
pub use guest::{Guest, GuestFault};
pub use http::{
    Answer, Answered, AuthorityFacts, Body, BodyError, BodyLimits, ClientError, ClientOptions, Failure, InvalidProxy,
    NetworkTransport, PeerCertificate, Performer, Probe, ProxyAccess, RawBody, RawResponse, RetryBudget, RetryPolicy,
    SendError, Sender, SenderOptions, SentBody, SentRequest, Sight, Statistics, Transport, TransportRequest,
    client_tls, read_authorities,
};
pub use journal::{JournalEntry, JournalError, JournalHeader, JournalReader, JournalWriter, JournaledCost};
pub use observer::{Nobody, Observer, TableProgress};
pub use run::{
    Cancel, Imported, PublishError, PublishOrder, RunEnd, RunError, RunJournal, RunLimits, RunOutcome, RunRequest,
    Surroundings, publish, run,
};
pub use texts::driver_text;
