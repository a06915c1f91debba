//! `profile`: credentials that several connections use.

use super::new_certificate;
use crate::arguments::parse_date;
use crate::certificate_input::read_certificate;
use crate::credential_arguments::{CredentialArguments, ProfileAddArguments, ProfileCommand, ProfileEditArguments};
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_operations::credential_profiles::{self, GivenCredential, ProfileDraft, ProfileEdit};
use beacon_operations::rotation::Holder;
use beacon_operations::{Installation, Trouble};
use beacon_store::{Connection, CredentialKind, CredentialProfile};
use beacon_vault::Origin;
use serde_json::json;

pub(crate) async fn execute(
    installation: &Installation,
    command: &ProfileCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        ProfileCommand::Add(arguments) => add(installation, arguments, terminal),
        ProfileCommand::List => list(installation, terminal),
        ProfileCommand::Show { name } => show(installation, name, terminal),
        ProfileCommand::Edit(arguments) => edit(installation, arguments, terminal),
        ProfileCommand::Remove { name, yes } => remove(installation, name, *yes, terminal),
        ProfileCommand::NewCertificate(arguments) => {
            let profile = credential_profiles::find(installation, &arguments.name)?;
            let holder = Holder::Profile(Box::new(profile));
            new_certificate::execute(installation, &holder, arguments, terminal).await
        }
    }
}

fn add(installation: &Installation, arguments: &ProfileAddArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let credential = credential(&arguments.credential, terminal)?.ok_or_else(|| {
        let title = "a profile needs a client secret or a certificate";
        Trouble::settings("profile.no_credential", title, "Name a file with --secret or --certificate.")
    })?;
    let draft = ProfileDraft {
        name: arguments.name.clone(),
        client_id: arguments.client_id.clone(),
        credential,
        origins: arguments.origins.clone(),
    };
    let profile = credential_profiles::add(installation, draft)?;
    terminal.json(&json!({ "profile": profile }));
    terminal.result(&format!("Added the profile {}.", profile.name));
    if profile.expires_on.is_none() {
        terminal.note("Nobody will be warned before its secret expires: give the day with --secret and --expires.");
    }
    let name = profile.name.as_str();
    terminal.note(&format!("Next: beacon connection add NAME --set tenant=… --profile {name:?}"));
    Ok(Exit::Success)
}

fn edit(installation: &Installation, arguments: &ProfileEditArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let profile = credential_profiles::find(installation, &arguments.name)?;
    let edit = ProfileEdit {
        name: arguments.rename.clone(),
        client_id: arguments.client_id.clone(),
        credential: credential(&arguments.credential, terminal)?,
        origins: (!arguments.origins.is_empty()).then(|| arguments.origins.clone()),
    };
    let changed = credential_profiles::edit(installation, &profile, edit)?;
    let connections = names(installation, &changed)?;
    terminal.json(&json!({ "profile": changed, "connections": connections }));
    terminal.result(&format!("Changed the profile {}.", changed.name));
    if !connections.is_empty() {
        terminal.note(&format!("Used from now on by {}.", connections.join(", ")));
    }
    Ok(Exit::Success)
}

fn list(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    let (profiles, connections) = {
        let store = installation.store();
        (store.profiles()?, store.connections()?)
    };
    let users = |profile: &CredentialProfile| {
        connections.iter().filter(|connection| connection.profile == Some(profile.id)).count()
    };
    let listed: Vec<_> =
        profiles.iter().map(|profile| json!({ "profile": profile, "connections": users(profile) })).collect();
    terminal.json(&json!({ "profiles": listed }));
    if profiles.is_empty() {
        terminal.result("No profiles yet. Add one with `beacon profile add NAME`.");
        return Ok(Exit::Success);
    }
    let mut rows = vec![["NAME", "CLIENT ID", "HOLDS", "EXPIRES", "CONNECTIONS"].map(str::to_owned).to_vec()];
    rows.extend(profiles.iter().map(|profile| {
        vec![
            profile.name.to_string(),
            profile.client_id.clone(),
            holds(profile).to_owned(),
            expires(profile),
            users(profile).to_string(),
        ]
    }));
    terminal.result(&table(&rows));
    Ok(Exit::Success)
}

fn show(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let profile = credential_profiles::find(installation, name)?;
    let connections = names(installation, &profile)?;
    terminal.json(&json!({ "profile": profile, "connections": connections }));
    let pair = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
    let origins: Vec<&str> = profile.origins.iter().map(Origin::as_str).collect();
    let mut rows = vec![
        pair("Client id", &profile.client_id),
        pair("Holds", holds(&profile)),
        pair("Expires", &expires(&profile)),
        pair("May go to", &origins.join(" ")),
        pair("Used by", &if connections.is_empty() { "no connection".to_owned() } else { connections.join(", ") }),
    ];
    if let Some(day) = profile.next_until {
        rows.push(pair("Waits", &format!("a new certificate, valid until {day}")));
    }
    terminal.result(&terminal.paint(Style::Bold, profile.name.as_str()));
    terminal.result(&table(&rows));
    Ok(Exit::Success)
}

fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let profile = credential_profiles::find(installation, name)?;
    if !yes && !terminal.confirm(&format!("Remove the profile {} with its credential?", profile.name)) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    credential_profiles::remove(installation, &profile)?;
    terminal.json(&json!({ "removed": profile.name }));
    terminal.result(&format!("Removed the profile {}. The app registration is not touched.", profile.name));
    Ok(Exit::Success)
}

fn credential(arguments: &CredentialArguments, terminal: &Terminal) -> Result<Option<GivenCredential>, Trouble> {
    if let Some(file) = &arguments.secret {
        let expires = arguments.expires.as_deref().map(|day| parse_date(day, "--expires")).transpose()?;
        return Ok(Some(GivenCredential::Secret(terminal.read_secret(file, "--secret")?, expires)));
    }
    let Some(file) = &arguments.certificate else { return Ok(None) };
    let password = arguments.certificate_password_file.as_deref();
    Ok(Some(GivenCredential::Certificate(read_certificate(terminal, file, "--certificate", password)?)))
}

fn names(installation: &Installation, profile: &CredentialProfile) -> Result<Vec<String>, Trouble> {
    let name = |connection: Connection| connection.name.to_string();
    Ok(credential_profiles::used_by(installation, profile.id)?.into_iter().map(name).collect())
}

fn holds(profile: &CredentialProfile) -> &'static str {
    match profile.kind {
        CredentialKind::ClientSecret => "client secret",
        CredentialKind::ClientCertificate => "certificate",
    }
}

fn expires(profile: &CredentialProfile) -> String {
    profile.expires_on.map_or_else(|| "not known".to_owned(), |day| day.to_string())
}
