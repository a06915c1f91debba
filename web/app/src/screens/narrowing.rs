//! What lists of connections are narrowed to: by name, labels and state. The address is the one place that knows it.

mod bar;

pub(crate) use bar::NarrowBar;

use crate::address;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use std::rc::Rc;

/// Goes to an address; whether it takes the place of the one before.
type Go = Rc<dyn Fn(&str, bool)>;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Narrowing {
    /// Part of the name.
    pub(crate) name: String,
    /// All of these.
    pub(crate) labels: Vec<String>,
    /// This one; empty is every.
    pub(crate) state: String,
}

impl Narrowing {
    fn read(pairs: Vec<(String, String)>) -> Self {
        let mut read = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => read.name = value,
                "label" => {
                    read.labels = value.split(',').filter(|label| !label.is_empty()).map(str::to_owned).collect();
                }
                "state" => read.state = value,
                _ => {}
            }
        }
        read
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [("name", self.name.clone()), ("label", self.labels.join(",")), ("state", self.state.clone())];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// The address of a screen that is narrowed.
#[derive(Clone, Copy)]
pub(crate) struct Narrowed {
    pub(crate) now: Memo<Narrowing>,
    own: &'static str,
    go: StoredValue<Go, LocalStorage>,
}

impl Narrowed {
    /// Belongs to the component that is being made: the screen at `own`.
    pub(crate) fn new(own: &'static str) -> Self {
        let (location, navigate) = (use_location(), use_navigate());
        let now = Memo::new(move |before: Option<&Narrowing>| match before {
            // On the way to another screen: its address is not for this one.
            Some(before) if location.pathname.get() != own => before.clone(),
            _ => Narrowing::read(address::read(&location.search.get())),
        });
        let go: Go = Rc::new(move |to: &str, replace: bool| {
            navigate(to, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
        Self { now, own, go: StoredValue::new_local(go) }
    }

    /// Whether it is narrowed to anything.
    pub(crate) fn is_narrowed(self) -> bool {
        self.now.with(|now| *now != Narrowing::default())
    }

    /// Where the host has the list.
    pub(crate) fn list(self, path: &str) -> String {
        self.now.with(|now| address::with(path, &now.pairs()))
    }

    /// Goes to the same screen, narrowed to something else.
    fn change(self, replace: bool, change: impl FnOnce(&mut Narrowing)) {
        let before = self.now.get_untracked();
        let mut now = before.clone();
        change(&mut now);
        if now != before {
            self.go.with_value(|go| go(&address::with(self.own, &now.pairs()), replace));
        }
    }
}
