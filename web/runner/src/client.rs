//! The page's hand on the worker.

use crate::javascript::words;
use crate::message::{Order, Reply};
use beacon_contract::{FieldError, Settings, SlotName};
use js_sys::{Array, Function, Promise};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions, WorkerType};

/// Where the start script of the worker lies.
const SCRIPT: &str = "/worker.js";

/// How long a check of settings may take: loading and compiling a module takes a second on a slow machine.
const PATIENCE_MILLISECONDS: i32 = 15_000;

/// Why an order came to nothing: a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RunnerError(pub String);

/// A worker that is started when it is needed, and again after it was stopped.
pub struct Runner {
    csrf: String,
    last: Cell<u32>,
    live: RefCell<Option<Live>>,
}

/// Open orders: what to call with the answer.
type Open = Rc<RefCell<BTreeMap<u32, Function>>>;

struct Live {
    worker: web_sys::Worker,
    open: Open,
    broken: Rc<Cell<bool>>,
    // Called by the worker for as long as it lives.
    _answered: Closure<dyn Fn(MessageEvent)>,
    _broke: Closure<dyn Fn(ErrorEvent)>,
}

impl Runner {
    /// A hand on no worker yet. `csrf` is the value that the host gave to this session.
    #[must_use]
    pub fn new(csrf: impl Into<String>) -> Self {
        Self { csrf: csrf.into(), last: Cell::new(0), live: RefCell::default() }
    }

    /// What is wrong with these settings. `given` is what a person entered, without defaults; `configured` are the
    /// slots that hold a secret or will. A module that does not answer in time is stopped.
    ///
    /// # Errors
    /// [`RunnerError`] if the module cannot be loaded, misbehaves, or does not answer.
    pub async fn check(
        &self,
        digest: &str,
        given: &Settings,
        configured: &BTreeSet<SlotName>,
    ) -> Result<Vec<FieldError>, RunnerError> {
        let (digest, settings, configured) = (digest.to_owned(), given.clone(), configured.clone());
        let order = |id| Order::Check { id, digest, settings, configured };
        match self.ask(order, Some(PATIENCE_MILLISECONDS)).await? {
            Reply::Errors(errors) => Ok(errors),
            other => Err(unexpected(other)),
        }
    }

    /// Whether this browser can run a module: starts the worker if need be, and lets it load the module.
    ///
    /// # Errors
    /// [`RunnerError`] if there is no worker, or the module cannot be loaded in time.
    pub async fn load(&self, digest: &str) -> Result<(), RunnerError> {
        let digest = digest.to_owned();
        match self.ask(|id| Order::Load { id, digest }, Some(PATIENCE_MILLISECONDS)).await? {
            Reply::Done => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// Runs a task of the host to its end; how it ended, the host knows. Waits for as long as the task takes: a
    /// person may be signing in meanwhile. [`Runner::stop`] ends it.
    ///
    /// # Errors
    /// [`RunnerError`] if the module cannot be loaded or misbehaves, or if it was stopped.
    pub async fn drive(&self, digest: &str, task: &str) -> Result<(), RunnerError> {
        let (digest, task) = (digest.to_owned(), task.to_owned());
        match self.ask(|id| Order::Drive { id, digest, task }, None).await? {
            Reply::Done => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// Ends the worker at once, whatever its module is doing. The next order starts another one.
    pub fn stop(&self) {
        if let Some(live) = self.live.borrow_mut().take() {
            live.worker.terminate();
            fail(&live.open, "It was stopped.");
        }
    }

    async fn ask(&self, order: impl FnOnce(u32) -> Order, patience: Option<i32>) -> Result<Reply, RunnerError> {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        let answer = self.post(id, &order(id))?;
        let answer = match patience {
            Some(milliseconds) => Promise::race(&Array::of2(&answer, &timer(milliseconds))),
            None => answer,
        };
        let answer = JsFuture::from(answer).await.map_err(|thrown| RunnerError(words(&thrown)))?;
        match Reply::from_js(&answer) {
            Ok((_, Reply::Failed(sentence))) => Err(RunnerError(sentence)),
            Ok((_, reply)) => Ok(reply),
            // What the timer gives is no answer.
            Err(_) => {
                self.stop();
                Err(RunnerError("The connector module did not answer in time and was stopped.".to_owned()))
            }
        }
    }

    fn post(&self, id: u32, order: &Order) -> Result<Promise, RunnerError> {
        if self.live.borrow().as_ref().is_some_and(|live| live.broken.get()) {
            // It never started, or has died: another one may do better.
            self.stop();
        }
        let mut live = self.live.borrow_mut();
        let live = match &mut *live {
            Some(live) => live,
            none => none.insert(Live::start(&self.csrf).map_err(|thrown| RunnerError(words(&thrown)))?),
        };
        live.worker.post_message(&order.to_js()).map_err(|thrown| RunnerError(words(&thrown)))?;
        Ok(Promise::new(&mut |resolve, _| {
            live.open.borrow_mut().insert(id, resolve);
        }))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Live {
    fn start(csrf: &str) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(SCRIPT, &options)?;
        let (open, broken) = (Open::default(), Rc::new(Cell::new(false)));
        let answered = {
            let open = Rc::clone(&open);
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let message = event.data();
                let resolve = Reply::from_js(&message).ok().and_then(|(id, _)| open.borrow_mut().remove(&id));
                call(resolve, &message);
            })
        };
        let broke = {
            let (open, broken) = (Rc::clone(&open), Rc::clone(&broken));
            Closure::<dyn Fn(ErrorEvent)>::new(move |_| {
                broken.set(true);
                fail(&open, "The worker of the page could not be started.");
            })
        };
        worker.set_onmessage(Some(answered.as_ref().unchecked_ref()));
        worker.set_onerror(Some(broke.as_ref().unchecked_ref()));
        worker.post_message(&Order::Session { csrf: csrf.to_owned() }.to_js())?;
        Ok(Self { worker, open, broken, _answered: answered, _broke: broke })
    }
}

fn call(resolve: Option<Function>, answer: &JsValue) {
    if let Some(resolve) = resolve {
        // The resolving function of a promise never throws.
        let _ = resolve.call1(&JsValue::UNDEFINED, answer);
    }
}

/// Answers everything that is open with this sentence.
fn fail(open: &Open, sentence: &str) {
    let open = std::mem::take(&mut *open.borrow_mut());
    for (id, resolve) in open {
        call(Some(resolve), &Reply::Failed(sentence.to_owned()).to_js(id));
    }
}

fn unexpected(reply: Reply) -> RunnerError {
    RunnerError(format!("The worker of the page answered something else: {reply:?}"))
}

/// Resolves, to nothing, after this time.
fn timer(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // It fails only for times that are no numbers.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    })
}
