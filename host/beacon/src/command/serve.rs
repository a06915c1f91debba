//! `serve`: the setup page.

use super::supervised;
use crate::arguments::ServeArguments;
use crate::exit::Exit;
use crate::remote::Commands;
use crate::terminal::Terminal;
use beacon_api::ConnectionDraft;
use beacon_operations::{Installation, Trouble, read};
use beacon_server::{AuditOptions, MetricsOptions, MetricsToken, ServeOptions, serve};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(crate) async fn execute(
    installation: Installation,
    arguments: &ServeArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let preset = arguments.preset.as_deref().map(|path| -> Result<ConnectionDraft, Trouble> {
        serde_json::from_slice(&read(path, "--preset")?).map_err(|error| {
            let title = format!("the file {} after --preset describes no connection", path.display());
            Trouble::settings("serve.preset", title, "See ConnectionDraft in the API's description.").with(error)
        })
    });
    let options = ServeOptions {
        port: arguments.port,
        listen: arguments.listen,
        host: arguments.host.clone(),
        certificate: arguments.tls_cert.clone().zip(arguments.tls_key.clone()),
        preset: preset.transpose()?,
        sign_in_patience: Duration::from_secs(arguments.sign_in_seconds),
        parallel_runs: usize::from(arguments.parallel_runs),
        metrics: metrics(arguments, terminal)?,
        audit: AuditOptions { keep_days: arguments.audit_keep_days, syslog: arguments.audit_syslog.clone() },
    };
    let running = serve(installation, options, Arc::new(Commands)).await?;
    let (address, link) = (running.address(), running.first_link()?);
    if running.moved() {
        terminal.note(&format!("Port {} is taken by another program: another one is used.", arguments.port));
    }
    match &link {
        Some(link) => terminal.note(&format!(
            "The setup page is at {address}\n\nOpen this link within 24 hours and set the administrator's password:\n\n  \
             {link}\n\nPress Ctrl-C to end."
        )),
        None => terminal.note(&format!("The setup page is at {address}\nPress Ctrl-C to end.")),
    }
    if let Some(path) = &arguments.ready_file {
        ready(path, &json!({ "address": address, "link": link }))?;
    }
    let alive = supervised::ready(running.pulse());
    let ended = ended().await;
    alive.abort();
    ended?;
    running.stop().await;
    terminal.note("Ended. Imports under way go on with the next start.");
    Ok(Exit::Success)
}

/// Who may read figures for monitoring, if anybody may.
fn metrics(arguments: &ServeArguments, terminal: &Terminal) -> Result<Option<MetricsOptions>, Trouble> {
    if !arguments.metrics {
        return Ok(None);
    }
    let token = arguments.metrics_token_file.as_deref().map(|file| {
        MetricsToken::new(&terminal.read_secret(file, "--metrics-token-file")?).ok_or_else(|| {
            let title = "the token after --metrics-token-file has spaces or characters that no header can hold";
            let advice = "Give a file with random letters and digits, for example of `openssl rand -hex 32`.";
            Trouble::settings("serve.metrics_token", title, advice)
        })
    });
    Ok(Some(MetricsOptions { token: token.transpose()?, per_connection: arguments.metrics_per_connection }))
}

/// Written beside its place and renamed, so that whoever waits for it reads all of it.
fn ready(path: &std::path::Path, value: &serde_json::Value) -> Result<(), Trouble> {
    let partial = path.with_extension("partial");
    let written = std::fs::write(&partial, value.to_string()).and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| {
        let title = format!("the file {} after --ready-file cannot be written", path.display());
        Trouble::settings("serve.ready_file", title, "Check its folder and permissions.").with(error)
    })
}

/// Until Ctrl-C, or until a service manager ends it.
async fn ended() -> Result<(), Trouble> {
    let failed = |error: std::io::Error| Trouble::unexpected(&error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
