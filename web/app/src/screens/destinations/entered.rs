//! What is entered in the dialog of a destination.

use crate::screens::proxy_block::{ProxyFilling, ProxyUse};
use beacon_api::{
    DefaultProxyFacts, Destination, DestinationAccess, DestinationDraft, DestinationPlace, DestinationProxyDraft,
    DestinationProxyFacts, FieldProblem, Problem, SecretText,
};
use leptos::prelude::*;

/// Ways of showing something at the door, as the choice lists them.
pub(super) const ACCESSES: [(&str, DestinationAccess, &str); 4] = [
    ("open", DestinationAccess::Open, "No credential"),
    ("bearer", DestinationAccess::Bearer, "Bearer token"),
    ("basic", DestinationAccess::Basic, "User name and password"),
    ("client_certificate", DestinationAccess::ClientCertificate, "Client certificate"),
];

/// What is entered: each field by itself, so that nothing is lost when the kind is changed back.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    pub(super) name: RwSignal<String>,
    /// A server, or a folder.
    pub(super) uploads: RwSignal<bool>,
    pub(super) folder: RwSignal<String>,
    pub(super) address: RwSignal<String>,
    pub(super) access: RwSignal<String>,
    pub(super) username: RwSignal<String>,
    pub(super) secret: RwSignal<String>,
    pub(super) only_complete: RwSignal<bool>,
    pub(super) proxy: ProxyFilling,
    /// The way of showing something whose secret is stored.
    stored: Option<DestinationAccess>,
    /// What the host found wrong.
    pub(super) wrong: RwSignal<Vec<FieldProblem>>,
}

impl Entered {
    pub(super) fn new(destination: Option<&Destination>, default_proxy: Option<DefaultProxyFacts>) -> Self {
        let (own, without) = match destination.and_then(|one| one.proxy.as_ref()) {
            Some(DestinationProxyFacts::Own(own)) => (Some(own), false),
            Some(DestinationProxyFacts::Default) => (None, false),
            Some(DestinationProxyFacts::None) | None => (None, true),
        };
        let entered = Self {
            name: RwSignal::new(destination.map(|one| one.name.clone()).unwrap_or_default()),
            uploads: RwSignal::new(false),
            folder: RwSignal::new(String::new()),
            address: RwSignal::new(String::new()),
            access: RwSignal::new("open".to_owned()),
            username: RwSignal::new(String::new()),
            secret: RwSignal::new(String::new()),
            only_complete: RwSignal::new(destination.is_some_and(|one| one.only_complete)),
            proxy: ProxyFilling::new(own, without, default_proxy),
            stored: None,
            wrong: RwSignal::default(),
        };
        match destination.and_then(|one| one.place.clone()) {
            None => entered,
            Some(DestinationPlace::Folder { folder }) => {
                entered.folder.set(folder);
                entered
            }
            Some(DestinationPlace::Upload { address, access, username }) => {
                entered.uploads.set(true);
                entered.address.set(address);
                entered.username.set(username.unwrap_or_default());
                let name = ACCESSES.iter().find(|(_, one, _)| *one == access).map_or("open", |(name, _, _)| *name);
                entered.access.set(name.to_owned());
                Self { stored: Some(access).filter(|access| *access != DestinationAccess::Open), ..entered }
            }
        }
    }

    /// The way of showing something that is chosen.
    pub(super) fn access(self) -> DestinationAccess {
        let chosen = self.access.get();
        let found = ACCESSES.iter().find(|(name, _, _)| *name == chosen);
        found.map_or(DestinationAccess::Open, |(_, access, _)| *access)
    }

    /// Whether a secret for what is chosen is stored.
    pub(super) fn is_stored(self) -> bool {
        self.stored == Some(self.access())
    }

    pub(super) fn problem(self, field: &'static str) -> Signal<Option<FieldProblem>> {
        Signal::derive(move || self.wrong.with(|wrong| wrong.iter().find(|one| one.field == field).cloned()))
    }

    /// Notes what the host found wrong.
    pub(super) fn refused(self, problem: &Problem) {
        self.wrong.set(problem.fields.clone());
    }

    pub(super) fn draft(self) -> DestinationDraft {
        let place = if self.uploads.get() {
            let access = self.access();
            let username = Some(self.username.get()).filter(|_| access == DestinationAccess::Basic);
            DestinationPlace::Upload { address: self.address.get(), access, username }
        } else {
            DestinationPlace::Folder { folder: self.folder.get() }
        };
        DestinationDraft {
            name: self.name.get(),
            place,
            secret: Some(self.secret.get()).filter(|secret| !secret.is_empty()).map(SecretText),
            only_complete: self.only_complete.get(),
            proxy: match self.proxy.chosen() {
                ProxyUse::None => DestinationProxyDraft::None,
                ProxyUse::Default => DestinationProxyDraft::Default,
                ProxyUse::Own(own) => DestinationProxyDraft::Own(own),
            },
        }
    }
}
