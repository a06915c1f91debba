//! Erasing a customer.

use crate::answer::{Answer, Body, json};
use crate::app::App;
use crate::imports;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use beacon_api::{Happened, OffboardingOrder, OffboardingPlan as Planned, OffboardingReport as Report};
use beacon_operations::offboarding::{self, OffboardingPlan, OffboardingReport};
use beacon_operations::{Installation, acting_here, actor};
use std::sync::Arc;

pub(crate) async fn look(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let connection = app.connection(&id)?;
    let OffboardingPlan { customer, erases, stays, elsewhere, .. } =
        offboarding::plan(&app.installation, connection.name.as_str())?;
    json(&Planned { customer, erases, stays, elsewhere })
}

pub(crate) async fn erase(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(order): Body<OffboardingOrder>,
) -> Answer {
    let connection = app.connection(&id)?;
    if order.confirmed_name != connection.name.as_str() {
        let title = "That is not the name of the connection.";
        let advice = "Type it as it stands there. Nothing was erased.";
        return Err(Refusal::settings("offboarding.name", title, advice).about("confirmed_name"));
    }
    let plan = offboarding::plan(&app.installation, connection.name.as_str())?;
    if order.customer.is_some_and(|shown| shown != plan.customer) {
        let title = "The customer is not the same as was shown.";
        return Err(Refusal::conflict(
            "offboarding.more",
            title,
            "Nothing was erased. Close this and look at it again.",
        ));
    }
    let begun = offboarding::begin(&app.installation, &plan)?;
    imports::release(&app, &begun)?;
    let ids: Vec<_> = begun.connections().collect();
    // Files of years may go: not while others wait for this thread.
    let installation = Arc::clone(&app.installation);
    let actor = actor();
    let erasing = move || acting_here(actor, || offboarding::erase(&installation, begun, Installation::now()));
    let erased = tokio::task::spawn_blocking(erasing).await;
    let erased = erased.map_err(|_| Refusal::defect("offboarding.ended", "The erasing did not end."))?;
    for id in ids {
        app.data.forget(id);
    }
    let OffboardingReport { customer, erased, not_erased, elsewhere, unfinished } = erased?;
    app.tell(Happened::Connections);
    app.tell(Happened::Schedules);
    app.tell(Happened::Data { connection: id });
    json(&Report { customer, erased, not_erased, elsewhere, unfinished })
}
