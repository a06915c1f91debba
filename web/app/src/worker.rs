//! The worker that holds the connector module: one for the whole page.

use crate::api;
use beacon_runner::Runner;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static RUNNER: RefCell<Option<Rc<Runner>>> = const { RefCell::new(None) };
}

/// The hand on the worker; it starts with the first order.
pub(crate) fn runner() -> Rc<Runner> {
    RUNNER.with_borrow_mut(|runner| Rc::clone(runner.get_or_insert_with(|| Rc::new(Runner::new(api::csrf())))))
}
