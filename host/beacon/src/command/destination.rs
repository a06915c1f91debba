//! `destination`: places that packages go to.

use super::proxy::with_user;
use crate::delivery_arguments::{
    DestinationAddArguments, DestinationCommand, DestinationCredentialArguments, DestinationEditArguments,
    DestinationProxyArguments,
};
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_delivery::Credential;
use beacon_driver::Cancel;
use beacon_operations::destinations::{
    self, DestinationDraft, DraftCredential, DraftPlace, DraftProxy, client_certificate,
};
use beacon_operations::{Installation, Trouble};
use beacon_store::{Access, Destination, DestinationProxy, Target};
use serde_json::{Value, json};

pub(crate) async fn execute(
    installation: &Installation,
    command: &DestinationCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        DestinationCommand::Add(arguments) => add(installation, arguments, terminal),
        DestinationCommand::Edit(arguments) => edit(installation, arguments, terminal),
        DestinationCommand::List => list(installation, terminal),
        DestinationCommand::Show { name } => show(installation, name, terminal),
        DestinationCommand::Test { name } => test(installation, name, terminal).await,
        DestinationCommand::Remove { name, yes } => remove(installation, name, *yes, terminal),
    }
}

fn add(installation: &Installation, arguments: &DestinationAddArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let place = match (&arguments.place.folder, &arguments.place.upload) {
        (Some(folder), _) => DraftPlace::Folder(terminal.absolute(folder)),
        (None, address) => {
            let given = credential(&arguments.credential, terminal)?;
            let credential = DraftCredential::New(given.unwrap_or(Credential::Open));
            DraftPlace::Upload { address: address.clone().unwrap_or_default(), credential }
        }
    };
    let proxy = proxy(&arguments.proxy, &DestinationProxy::None, terminal)?;
    let (name, only_complete) = (arguments.name.clone(), arguments.only_complete);
    let draft = DestinationDraft { name, place, only_complete, proxy };
    let destination = destinations::add(installation, draft)?;
    terminal.json(&json!({ "destination": destination }));
    terminal.result(&format!("Added the destination {}.", destination.name));
    terminal.note(&format!(
        "It gets the packages of imports that end from now on. Try it out: beacon destination test {:?}",
        destination.name.as_str()
    ));
    Ok(Exit::Success)
}

fn edit(
    installation: &Installation,
    arguments: &DestinationEditArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let destination = destinations::find(installation, &arguments.name)?;
    let given = credential(&arguments.credential, terminal)?.or(arguments.no_credential.then_some(Credential::Open));
    let is_folder = matches!(destination.target, Target::Folder { .. }) && arguments.place.upload.is_none();
    if is_folder && (given.is_some() || arguments.proxy.names_one()) {
        let title = format!("{} is a folder, and a folder needs neither a credential nor a proxy", destination.name);
        return Err(Trouble::settings("delivery.folder_only", title, "Leave these out, or give --upload as well."));
    }
    let upload = |address: &String, access: Access, username: &Option<String>| {
        let stored = DraftCredential::Stored { access, username: username.clone() };
        DraftPlace::Upload { address: address.clone(), credential: given.map_or(stored, DraftCredential::New) }
    };
    let place = match (&arguments.place.folder, &arguments.place.upload, &destination.target) {
        (Some(folder), _, _) => DraftPlace::Folder(terminal.absolute(folder)),
        (None, None, Target::Folder { folder }) => DraftPlace::Folder(folder.clone()),
        (None, Some(address), Target::Folder { .. }) => upload(address, Access::Open, &None),
        (None, moved, Target::Upload { address, access, username }) => {
            upload(moved.as_ref().unwrap_or(address), *access, username)
        }
    };
    let only_complete = arguments.only_complete || (destination.only_complete && !arguments.all_packages);
    let name = arguments.rename.clone().unwrap_or_else(|| destination.name.to_string());
    let proxy = proxy(&arguments.proxy, &destination.proxy, terminal)?;
    let draft = DestinationDraft { name, place, only_complete, proxy };
    let changed = destinations::change(installation, &destination, draft)?;
    terminal.json(&json!({ "destination": changed }));
    terminal.result(&format!("Changed the destination {}.", changed.name));
    terminal.note(&format!("Try it out: beacon destination test {:?}", changed.name.as_str()));
    Ok(Exit::Success)
}

/// The proxy that the arguments name; what they leave out stays.
fn proxy(
    arguments: &DestinationProxyArguments,
    present: &DestinationProxy,
    terminal: &Terminal,
) -> Result<DraftProxy, Trouble> {
    if arguments.no_proxy {
        return Ok(DraftProxy::None);
    }
    if arguments.default_proxy {
        return Ok(DraftProxy::Default);
    }
    let own = present.own();
    let server = arguments.proxy_server.clone().or_else(|| own.map(|own| own.server.to_string()));
    let Some(server) = server else {
        if arguments.names_one() {
            let title = "a user name or a password for a proxy was given, and no proxy";
            return Err(
                Trouble::settings("settings.proxy", title, "Give --proxy-server as well.").about("proxy.server")
            );
        }
        return Ok(if *present == DestinationProxy::Default { DraftProxy::Default } else { DraftProxy::None });
    };
    let username = arguments.proxy_username.clone().or_else(|| own.and_then(|own| own.username.clone()));
    let file = arguments.proxy_password_file.as_deref();
    let password = file.map(|file| terminal.read_secret(file, "--proxy-password-file")).transpose()?;
    Ok(DraftProxy::Own { server, username, password })
}

/// The credential that the arguments name, if they do.
fn credential(arguments: &DestinationCredentialArguments, terminal: &Terminal) -> Result<Option<Credential>, Trouble> {
    if let Some(file) = &arguments.bearer_file {
        return Ok(Some(Credential::Bearer(terminal.read_secret(file, "--bearer-file")?)));
    }
    if let (Some(username), Some(file)) = (&arguments.username, &arguments.password_file) {
        let password = terminal.read_secret(file, "--password-file")?;
        return Ok(Some(Credential::Basic { username: username.clone(), password }));
    }
    if let (Some(certificate), Some(key)) = (&arguments.client_certificate, &arguments.client_key) {
        let certificate = terminal.read_secret(certificate, "--client-certificate")?;
        return Ok(Some(client_certificate(&certificate, &terminal.read_secret(key, "--client-key")?)));
    }
    Ok(None)
}

fn list(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    let destinations = installation.store().destinations()?;
    terminal.json(&json!({ "destinations": destinations }));
    if destinations.is_empty() {
        terminal.result("No destinations yet. Add one with `beacon destination add NAME`.");
        return Ok(Exit::Success);
    }
    let mut rows = vec![["NAME", "PLACE", "WAITING", "STATE"].map(str::to_owned).to_vec()];
    rows.extend(destinations.iter().map(|destination| {
        vec![destination.name.to_string(), place(destination), destination.waiting.to_string(), state(destination)]
    }));
    terminal.result(&table(&rows));
    Ok(Exit::Success)
}

fn show(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let destination = destinations::find(installation, name)?;
    let waiting = installation.store().waiting_deliveries(Some(destination.id))?;
    terminal.json(&json!({ "destination": destination, "waiting": waiting }));
    if terminal.is_json() {
        return Ok(Exit::Success);
    }
    let wants = if destination.only_complete { "complete packages" } else { "all packages" };
    let mut rows = vec![
        pair("Place", &place(&destination)),
        pair("Shows", &shows(&destination)),
        pair("Proxy", &through(&destination.proxy)),
        pair("Gets", wants),
        pair("State", &state(&destination)),
    ];
    if let Some(error) = &destination.last_error {
        rows.push(pair("Why", &text(error, "title")));
        rows.push(pair("Next step", &text(error, "advice")));
    }
    terminal.result(&terminal.paint(Style::Bold, destination.name.as_str()));
    terminal.result(&table(&rows));
    if !waiting.is_empty() {
        terminal.result(&format!("\n{}", terminal.paint(Style::Bold, "Waiting")));
        terminal.result(&super::delivery::listed(&waiting));
    }
    Ok(Exit::Success)
}

async fn test(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let destination = destinations::find(installation, name)?;
    let removed = destinations::test(installation, &destination, &Cancel::new()).await?;
    terminal.json(&json!({ "works": true, "test_file_removed": removed }));
    terminal.result(&terminal.paint(Style::Good, &format!("Packages can be delivered to {}.", destination.name)));
    if !removed {
        terminal.note("The server does not let files be removed: beacon-destination-test.txt stays there.");
    }
    Ok(Exit::Success)
}

fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let destination = destinations::find(installation, name)?;
    let question = match destination.waiting {
        0 => format!("Remove the destination {} with its secret?", destination.name),
        waiting => format!(
            "Remove the destination {} with its secret, and {waiting} packages waiting for it?",
            destination.name
        ),
    };
    if !yes && !terminal.confirm(&question) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    destinations::remove(installation, &destination)?;
    terminal.json(&json!({ "removed": destination.name }));
    terminal.result(&format!("Removed the destination {}. What was delivered stays there.", destination.name));
    Ok(Exit::Success)
}

fn place(destination: &Destination) -> String {
    match &destination.target {
        Target::Folder { folder } => folder.display().to_string(),
        Target::Upload { address, .. } => address.clone(),
    }
}

fn shows(destination: &Destination) -> String {
    match &destination.target {
        Target::Folder { .. } => "nothing: a folder needs no credential".to_owned(),
        Target::Upload { access, username, .. } => match access {
            Access::Open => "no credential".to_owned(),
            Access::Bearer => "a bearer token".to_owned(),
            Access::Basic => format!("the password of {}", username.as_deref().unwrap_or_default()),
            Access::ClientCertificate => "a client certificate".to_owned(),
        },
    }
}

fn through(proxy: &DestinationProxy) -> String {
    match proxy {
        DestinationProxy::None => "none".to_owned(),
        DestinationProxy::Default => "the default, if there is one".to_owned(),
        DestinationProxy::Own(own) => with_user(own),
    }
}

fn state(destination: &Destination) -> String {
    let code = destination.last_error.as_ref().map(|error| text(error, "code"));
    match (code, destination.delivered_at) {
        (Some(code), _) => {
            let again = destination.retry_at.map(|at| at.strftime(", again at %Y-%m-%d %H:%M UTC").to_string());
            format!("failed {} times: {code}{}", destination.failures, again.unwrap_or_default())
        }
        (None, Some(at)) => at.strftime("delivered, %Y-%m-%d %H:%M UTC").to_string(),
        (None, None) => "nothing sent yet".to_owned(),
    }
}

/// A member of a stored error.
pub(super) fn text(error: &Value, member: &str) -> String {
    error.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn pair(name: &str, value: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_owned()]
}
