//! What command lines may do in a beacon that serves, beside what they do with its data folder.

use crate::app::App;
use crate::imports::{self, Busy, NotNow, Watched, claim, claim_among, claim_in_turn};
use crate::invitations;
use beacon_api::{Happened, InvitationsMade};
use beacon_driver::{Cancel, Observer};
use beacon_operations::doctor::ServingFacts;
use beacon_operations::offboarding::Begun;
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

    /// How it is.
    #[must_use]
    pub fn facts(&self) -> ServingFacts {
        ServingFacts { alive: self.app.scheduler.is_alive(), trouble: self.app.scheduler.trouble() }
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
                self.app.imports.unqueue(*removed);
                self.app.tasks.give_up_all(*removed);
                self.app.data.forget(*removed);
            }
        }
        self.app.tell(Happened::Connections);
        self.app.tell(Happened::Schedules);
        self.app.tell(Happened::Destinations);
        self.app.tell(Happened::Consents);
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

    /// The same as one of several: waits as well until none of its tenant is imported.
    ///
    /// # Errors
    /// [`Trouble`] if this connection is imported just now.
    pub async fn turn_among(&self, connection: &Connection) -> Result<Turn, Trouble> {
        let busy = claim_among(&self.app, connection).await?;
        Ok(self.rested(busy, connection).await)
    }

    /// How many imports may be at work at the same time.
    #[must_use]
    pub fn parallel_runs(&self) -> usize {
        self.app.scheduler.parallel_runs()
    }

    /// Takes the turn of a connection that is due; `None` if somebody else was faster.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub async fn turn_of_due(&self, connection: &Connection) -> Result<Option<Turn>, Trouble> {
        match claim(&self.app, connection, self.app.scheduler.limit())? {
            Ok(busy) => Ok(Some(self.rested(busy, connection).await)),
            Err(NotNow::NoRoom) => self.turn(connection, || {}).await.map(Some),
            Err(NotNow::ConnectionBusy | NotNow::TenantBusy | NotNow::Leaving) => Ok(None),
        }
    }

    /// A turn begins when nobody keeps the sign-in of the connection alive any more.
    async fn rested(&self, busy: Busy, connection: &Connection) -> Turn {
        self.app.imports.rested(connection.id).await;
        Turn(busy)
    }

    /// Gives up what somebody does with the connections of a customer who is about to be erased.
    ///
    /// # Errors
    /// [`Trouble`] if one of them is imported just now, or about to be.
    pub fn release(&self, begun: &Begun) -> Result<(), Trouble> {
        imports::release(&self.app, begun)
    }

    /// A new one-time link to the page.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn new_link(&self) -> Result<String, Trouble> {
        self.app.new_link()
    }

    /// Makes links for people who may consent. Their secrets are in the answer, and nowhere else.
    ///
    /// # Errors
    /// [`Trouble`] of the store; a connection that gets no link is told in the answer.
    pub fn invite(&self, connections: &[Connection]) -> Result<InvitationsMade, Trouble> {
        invitations::invite_all(&self.app, connections, None)
    }

    /// Takes the link of a connection back, and stops whoever is signing in by it.
    ///
    /// # Errors
    /// [`Trouble`] if there is nothing to take back.
    pub fn withdraw_invitation(&self, connection: &Connection) -> Result<(), Trouble> {
        invitations::withdraw(&self.app, connection)
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
