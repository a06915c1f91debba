//! What command lines may do in a beacon that serves, beside what they do with its data folder.

use crate::app::App;
use crate::imports::{Busy, NotNow, Watched, claim, claim_in_turn};
use beacon_api::Happened;
use beacon_driver::{Cancel, Observer};
use beacon_operations::{Installation, Prepared, Trouble};
use beacon_store::{Connection, ConnectionId};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A beacon that serves.
#[derive(Clone)]
pub struct Serving {
    app: Arc<App>,
    runtime: Handle,
}

/// How a command ended.
pub enum Ended<T> {
    /// By itself.
    Done(T),
    /// Nobody waits for it any more.
    Abandoned,
    /// The beacon ends.
    Stopped,
}

/// A connection that may be imported now: nobody else does, and none of its tenant is.
pub struct Turn(Busy);

impl Serving {
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), runtime: Handle::current() }
    }

    /// The data folder.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.app.installation
    }

    /// Executes a command on this thread, until it is done, `abandoned`, or the beacon ends. Then whoever looks at lists
    /// looks again, and what is due or waits now is begun.
    pub fn execute<T>(&self, abandoned: &Cancel, command: impl Future<Output = T>) -> Ended<T> {
        let before = self.connections();
        let ended = self.runtime.block_on(async {
            tokio::select! {
                biased;
                done = command => Ended::Done(done),
                () = self.app.stopped.cancelled() => Ended::Stopped,
                () = abandoned.cancelled() => Ended::Abandoned,
            }
        });
        if let (Ok(before), Ok(after)) = (before, self.connections()) {
            for removed in before.difference(&after) {
                self.app.tasks.give_up_all(*removed);
                self.app.data.forget(*removed);
            }
        }
        self.app.tell(Happened::Connections);
        self.app.tell(Happened::Schedules);
        self.app.scheduler.wake();
        self.app.packages.notify_one();
        self.app.state_changed.notify_one();
        ended
    }

    fn connections(&self) -> Result<BTreeSet<ConnectionId>, Trouble> {
        let connections = self.app.installation.store().connections()?;
        Ok(connections.into_iter().map(|connection| connection.id).collect())
    }

    /// Connections whose import is about to start or at work.
    #[must_use]
    pub fn busy(&self) -> BTreeSet<ConnectionId> {
        self.app.imports.busy()
    }

    /// Waits for room among the imports at work, and takes it; `waits` is called if there is none yet.
    ///
    /// # Errors
    /// [`Trouble`] if this connection or another one of its tenant is imported just now.
    pub async fn turn(&self, connection: &Connection, waits: impl FnOnce()) -> Result<Turn, Trouble> {
        let busy = claim_in_turn(&self.app, connection, waits).await?;
        Ok(self.rested(busy, connection).await)
    }

    /// Takes the turn of a connection that is due; `None` if somebody else was faster.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub async fn turn_of_due(&self, connection: &Connection) -> Result<Option<Turn>, Trouble> {
        match claim(&self.app, connection, self.app.scheduler.limit())? {
            Ok(busy) => Ok(Some(self.rested(busy, connection).await)),
            Err(NotNow::NoRoom) => self.turn(connection, || {}).await.map(Some),
            Err(NotNow::ConnectionBusy | NotNow::TenantBusy) => Ok(None),
        }
    }

    /// A turn begins when nobody keeps the sign-in of the connection alive any more.
    async fn rested(&self, busy: Busy, connection: &Connection) -> Turn {
        self.app.imports.rested(connection.id).await;
        Turn(busy)
    }

    /// A new one-time link to the page.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn new_link(&self) -> Result<String, Trouble> {
        self.app.new_link()
    }

    /// Forgets all accounts and sessions; gives the link that sets a new administrator's password.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn forget_accounts(&self) -> Result<String, Trouble> {
        let accounts = self.app.installation.store().accounts()?;
        for account in accounts {
            self.app.installation.store().delete_account(&account.name)?;
            self.app.sessions.close_account(&account.name);
        }
        self.app.new_link()
    }
}

impl Turn {
    /// Imports in the eyes of the page, which may stop it, and of an onlooker.
    ///
    /// # Errors
    /// Those of [`beacon_operations::import`].
    pub async fn import(
        self,
        prepared: Prepared<'_>,
        observer: Arc<dyn Observer>,
        cancel: Cancel,
    ) -> Result<beacon_operations::Ended, Trouble> {
        let watched = Watched::begin(&self.0.app, &prepared, ", from the command line", &cancel);
        watched.import(prepared, Some(observer)).await
    }
}
