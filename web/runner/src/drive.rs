//! Every other task: the host performs the wishes, the worker only carries them.

use crate::fault::Fault;
use crate::instance::Instance;
use crate::module::Module;
use crate::relay::Relay;
use js_sys::Uint8Array;

/// Polls the module with what the host hands out, until the host says that it is over.
pub(crate) async fn drive(module: &Module, task: &str, relay: &Relay) -> Result<(), Fault> {
    let instance = Instance::new(module).await?;
    // The first message carries no wishes: it asks for the start.
    let mut wishes = Uint8Array::new_with_length(0);
    while let Some(events) = relay.poll(task, &wishes).await? {
        wishes = instance.poll(&events)?;
    }
    Ok(())
}
