//! Keeps credentials alive, as long as the beacon serves: uses sign-ins that nothing else uses, takes new certificates
//! into use once they work, and tells the log what will die.

use crate::app::App;
use beacon_api::Happened;
use beacon_operations::rotation::{self, Holder};
use beacon_operations::{CredentialEnd, Expiring, Installation, Trouble, exercising};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tracing::{info, warn};

/// Between two looks at what is due.
const LOOK: Duration = Duration::from_secs(30);

/// Between two sign-ins: five hundred that are due at once take minutes, and no proxy or sign-in site sees a wave.
const PACE: Duration = Duration::from_secs(1);

/// How often a certificate that waits is tried, and how often the log is told of ends. Whoever uploads one may wait.
const HOURLY: Duration = Duration::from_secs(3_600);

/// Looks, keeps alive, waits, until it is stopped. A sign-in under way is given up then: the old token stays good.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut hourly = None::<Instant>;
    loop {
        let work = async {
            if hourly.is_none_or(|last| last.elapsed() >= HOURLY) {
                hourly = Some(Instant::now());
                let told = tell_ends(&app);
                complain(told);
                let tried = try_certificates(&app).await;
                complain(tried);
            }
            let exercised = exercise(&app).await;
            complain(exercised);
        };
        tokio::select! {
            () = work => {}
            _ = stop.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => return,
        }
    }
}

/// A database that cannot be read is told by the scheduler, too, which asks it as often.
fn complain(result: Result<(), Trouble>) {
    if let Err(trouble) = result {
        warn!(code = trouble.code, title = trouble.title, "credentials could not be looked after");
    }
}

fn tell_ends(app: &App) -> Result<(), Trouble> {
    for expiring in app.installation.newly_expiring(Installation::now())? {
        let Expiring { connections, end, .. } = expiring;
        let CredentialEnd { what, profile, on, days_left } = &end;
        let (connections, name, advice) = (connections.join(", "), profile.as_deref(), end.advice());
        warn!(connections, name, ?what, %on, days_left, advice, "{}", end.title());
    }
    Ok(())
}

async fn try_certificates(app: &App) -> Result<(), Trouble> {
    for holder in rotation::all_waiting(&app.installation)? {
        tokio::time::sleep(PACE).await;
        // Not uploaded yet, most of the time: whoever made it was told what to do.
        if rotation::try_out(&app.installation, &holder).await.is_err() {
            continue;
        }
        rotation::activate(&app.installation, &holder, Installation::now())?;
        let noun = match holder {
            Holder::Connection(_) => "connection",
            Holder::Profile(_) => "profile",
        };
        info!(%noun, name = holder.name(), "a new certificate works and is in use from now on");
        app.tell(Happened::Connections);
    }
    Ok(())
}

/// Uses what is due, one after the other. What begins to import meanwhile is left out: an import uses the token itself.
async fn exercise(app: &Arc<App>) -> Result<(), Trouble> {
    let due = exercising::due(&app.installation.store(), Installation::now(), &app.imports.busy())?;
    for connection in due {
        let Some(mark) = app.imports.exercise(app, connection.id) else { continue };
        let trouble = exercising::exercise(&app.installation, &connection, Installation::now()).await?;
        drop(mark);
        if let Some(trouble) = trouble {
            let (name, code) = (connection.name.as_str(), trouble.code.as_str());
            // Who it was is on the connection's page; a log names no people.
            warn!(
                connection = name,
                code,
                advice = trouble.advice,
                "a sign-in could not be kept alive, its token stays"
            );
            app.tell(Happened::Connections);
        }
        tokio::time::sleep(PACE).await;
    }
    Ok(())
}
