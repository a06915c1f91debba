//! The worker: takes orders, keeps compiled modules, answers.

use crate::check::{Surroundings, check};
use crate::drive::drive;
use crate::fault::Fault;
use crate::message::{Order, Reply};
use crate::module::Module;
use crate::relay::Relay;
use js_sys::{Date, Uint8Array};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The worker's own world.
struct Worker {
    scope: DedicatedWorkerGlobalScope,
    relay: RefCell<Option<Relay>>,
    /// By digest. A page has one or two source types, so nothing is ever thrown away.
    modules: RefCell<BTreeMap<String, Rc<Module>>>,
}

/// Begins to take orders. Does nothing outside of a worker.
pub fn serve() {
    let Ok(scope) = JsValue::from(js_sys::global()).dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let worker = Rc::new(Worker { scope: scope.clone(), relay: RefCell::default(), modules: RefCell::default() });
    let take = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        spawn_local(Rc::clone(&worker).take(event.data()));
    });
    scope.set_onmessage(Some(take.as_ref().unchecked_ref()));
    // Needed as long as the worker lives.
    take.forget();
}

impl Worker {
    async fn take(self: Rc<Self>, message: JsValue) {
        let id = Order::id_of(&message);
        let reply = match Order::from_js(&message) {
            Ok(Order::Session { csrf }) => {
                *self.relay.borrow_mut() = Some(Relay::new(self.scope.clone().unchecked_into(), csrf));
                return;
            }
            Ok(order) => self.perform(order).await.unwrap_or_else(|fault| Reply::Failed(fault.to_string())),
            Err(error) => Reply::Failed(error.to_string()),
        };
        if let Some(id) = id {
            // It fails for values that cannot be copied to another thread; these are texts and numbers.
            let _ = self.scope.post_message(&reply.to_js(id));
        }
    }

    async fn perform(&self, order: Order) -> Result<Reply, Fault> {
        let relay = self.relay.borrow().clone().ok_or(Fault::NoSession)?;
        match order {
            Order::Check { digest, settings, configured, .. } => {
                let module = self.module(&digest, &relay).await?;
                check(&module, &settings, configured, surroundings(&relay)?).await.map(Reply::Errors)
            }
            Order::Load { digest, .. } => {
                self.module(&digest, &relay).await?;
                Ok(Reply::Done)
            }
            Order::Drive { digest, task, .. } => {
                let module = self.module(&digest, &relay).await?;
                drive(&module, &task, &relay).await?;
                Ok(Reply::Done)
            }
            Order::Session { .. } => Ok(Reply::Done),
        }
    }

    async fn module(&self, digest: &str, relay: &Relay) -> Result<Rc<Module>, Fault> {
        if let Some(module) = self.modules.borrow().get(digest) {
            return Ok(Rc::clone(module));
        }
        let module = Rc::new(Module::load(digest, relay).await?);
        self.modules.borrow_mut().insert(digest.to_owned(), Rc::clone(&module));
        Ok(module)
    }
}

fn surroundings(relay: &Relay) -> Result<Surroundings, Fault> {
    let random = Uint8Array::new_with_length(16);
    relay
        .crypto()?
        .get_random_values_with_array_buffer_view(&random)
        .map_err(|_| Fault::Refused { sentence: "This browser draws no random numbers.".to_owned() })?;
    let seed = random.to_vec().iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(Surroundings { now: String::from(Date::new_0().to_iso_string()), seed })
}
