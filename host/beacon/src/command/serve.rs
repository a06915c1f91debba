//! `serve`: the setup page.

use super::supervised;
use crate::arguments::ServeArguments;
use crate::configuration::Shown;
use crate::exit::Exit;
use crate::files;
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
    configuration: Shown,
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
    let running = serve(installation, options, Arc::new(Commands::new(configuration))).await?;
    let (address, is_new) = (running.address(), running.is_new()?);
    // Whoever has the link is the administrator: it is for a person's eyes, and no line of a log that is kept.
    let wanted = is_new && (terminal.is_live() || arguments.ready_file.is_some());
    let link = wanted.then(|| running.new_link()).transpose()?;
    if running.moved() {
        terminal.note(&format!("Port {} is taken by another program: another one is used.", arguments.port));
    }
    match &link {
        Some(link) if terminal.is_live() => terminal.note(&format!(
            "The setup page is at {address}\n\nOpen this link within 24 hours and set the administrator's password:\n\n  \
             {link}\n\nPress Ctrl-C to end."
        )),
        _ if is_new => terminal.note(&format!(
            "The setup page is at {address}\nThere is no administrator yet: `beacon admin link` gives the link to set the \
             password."
        )),
        _ => terminal.note(&format!("The setup page is at {address}\nPress Ctrl-C to end.")),
    }
    if let Some(path) = &arguments.ready_file {
        // For its owner alone, and there as a whole or not at all.
        files::write(path, "--ready-file", json!({ "address": address, "link": link }).to_string().as_bytes())?;
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
