//! `connection add`.

use crate::arguments::AddArguments;
use crate::exit::Exit;
use crate::settings_input;
use crate::terminal::Terminal;
use beacon_contract::Settings;
use beacon_operations::{Installation, Module, Trouble, create, labels};
use beacon_store::Connection;

/// What `New` offers first.
pub(super) const DEFAULT_SOURCE_TYPE: &str = "Microsoft 365";

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &AddArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let source_type = arguments.source_type.as_deref().unwrap_or(DEFAULT_SOURCE_TYPE);
    let module = settings_input::module(installation, &arguments.settings.module, source_type, terminal)?;
    let mut settings = Settings::default();
    if let Some(defaults) = installation.defaults()?.remove(&module.manifest.source_type) {
        settings.0.extend(defaults);
    }
    settings_input::apply(&module.manifest.form, &mut settings, &arguments.settings.set)?;
    let (name, profile) = (arguments.name.clone(), arguments.settings.profile.clone());
    let mut draft = settings_input::draft(&module, name, settings, None, profile, &arguments.settings, terminal)?;
    draft.labels = Some(labels(arguments.label.iter().map(String::as_str))?);
    let connection = create(installation, &module, draft).await?;
    let connection = settings_input::apply_proxy_choice(installation, connection, &arguments.settings, false)?;
    terminal.json(&serde_json::json!({ "connection": connection }));
    terminal.result(&format!("Added the connection {}.", connection.name));
    terminal.result(&next_step(&module, &connection));
    Ok(Exit::Success)
}

/// What to do after adding: applications can run at once, people have to sign in.
fn next_step(module: &Module, connection: &Connection) -> String {
    // As it was stored: a profile fills in the way of signing in.
    let settings = Settings(connection.settings.clone().into_iter().collect());
    let effective = module.manifest.form.effective(&settings);
    let application = effective.text("flow").is_some_and(|flow| flow.starts_with("client_"));
    let command = if application { "test" } else { "consent" };
    format!("Next: beacon connection {command} {:?}", connection.name.as_str())
}
