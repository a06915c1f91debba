//! The data behind the page's screens: one prepared file for each connection.

use crate::app::App;
use crate::problem::Refusal;
use beacon_api::{Overview, PersonPane, Problem, ProductDifference, ProductPane, RowQuery, Rows, View};
use beacon_operations::Installation;
use beacon_store::ConnectionId;
use std::sync::Arc;

pub(crate) struct Data {
    installation: Arc<Installation>,
}

impl Data {
    pub(crate) fn new(installation: Arc<Installation>) -> Self {
        Self { installation }
    }
    pub(crate) fn prepare_all(&self, _app: &Arc<App>) {}
    pub(crate) async fn prepare(&self, _connection: ConnectionId) -> Result<(), Problem> {
        let _ = &self.installation;
        Ok(())
    }
    pub(crate) fn forget(&self, _connection: ConnectionId) {}
    pub(crate) async fn differences(&self, _connection: ConnectionId) -> Result<Vec<ProductDifference>, Refusal> {
        Err(Refusal::not_found("data"))
    }
    pub(crate) async fn overview(&self, _connection: Option<String>) -> Result<Overview, Refusal> {
        Err(Refusal::not_found("data"))
    }
    pub(crate) async fn rows(&self, _view: View, _query: RowQuery) -> Result<Rows, Refusal> {
        Err(Refusal::not_found("data"))
    }
    pub(crate) async fn person(
        &self,
        _c: ConnectionId,
        _user: String,
        _days: Option<u16>,
    ) -> Result<PersonPane, Refusal> {
        Err(Refusal::not_found("data"))
    }
    pub(crate) async fn product(
        &self,
        _c: ConnectionId,
        _sku: String,
        _days: Option<u16>,
    ) -> Result<ProductPane, Refusal> {
        Err(Refusal::not_found("data"))
    }
}
