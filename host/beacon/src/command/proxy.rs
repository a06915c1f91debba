//! `proxy show`, `proxy set`, `proxy remove`: the default proxy of the installation.

use crate::exit::Exit;
use crate::proxy_arguments::{ProxyCommand, SetArguments};
use crate::terminal::{Terminal, table};
use beacon_operations::{
    DefaultProxyDraft, Installation, Trouble, WayOut, default_proxy_users, proxy_bypass, proxy_server,
    remove_default_proxy, set_default_proxy,
};
use beacon_store::{DefaultProxy, ProxySettings};
use serde_json::{Value, json};

pub(crate) fn execute(
    installation: &Installation,
    command: &ProxyCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        ProxyCommand::Show => show(installation, terminal),
        ProxyCommand::Set(arguments) => set(installation, arguments, terminal),
        ProxyCommand::Remove => {
            let removed = remove_default_proxy(installation)?;
            terminal.json(&json!({ "removed": removed }));
            let said = if removed { "Removed the default proxy and its password." } else { "There was none." };
            terminal.result(said);
            Ok(Exit::Success)
        }
    }
}

fn show(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    let proxy = installation.store().default_proxy()?;
    let (users, destinations) = default_proxy_users(installation)?;
    let shown = proxy.as_ref().map(facts);
    terminal.json(&json!({ "default_proxy": shown, "used_by": users, "destinations": destinations }));
    let Some(proxy) = proxy else {
        terminal.result("There is no default proxy. Set one with `beacon proxy set SERVER`.");
        return Ok(Exit::Success);
    };
    let used = if users.is_empty() { "no connection".to_owned() } else { users.join(", ") };
    let through = if destinations.is_empty() { "no destination".to_owned() } else { destinations.join(", ") };
    let rows = [
        ("Proxy", with_user(&proxy.settings)),
        ("Not for", if proxy.bypass.is_empty() { "-".to_owned() } else { proxy.bypass }),
        ("Used by", used),
        ("Delivers to", through),
    ];
    terminal.result(&table(&rows.map(|(name, value)| vec![name.to_owned(), value])));
    Ok(Exit::Success)
}

fn set(installation: &Installation, arguments: &SetArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let password = arguments.password_file.as_deref();
    let draft = DefaultProxyDraft {
        server: proxy_server(&arguments.server)?,
        username: arguments.username.clone(),
        password: password.map(|path| terminal.read_secret(path, "--password-file")).transpose()?,
        bypass: proxy_bypass(&arguments.bypass)?,
    };
    let proxy = set_default_proxy(installation, draft)?;
    let (users, _) = default_proxy_users(installation)?;
    terminal.json(&json!({ "default_proxy": facts(&proxy), "used_by": users }));
    terminal.result(&format!("The default proxy is {}.", with_user(&proxy.settings)));
    if let Some(name) = users.first() {
        terminal.result(&format!("Next: beacon connection test {name:?}"));
    }
    Ok(Exit::Success)
}

fn facts(proxy: &DefaultProxy) -> Value {
    json!({ "server": proxy.settings.server, "username": proxy.settings.username, "bypass": proxy.bypass })
}

/// A proxy in one line.
pub(super) fn with_user(settings: &ProxySettings) -> String {
    match &settings.username {
        Some(username) => format!("{} as {username}", settings.server),
        None => settings.server.to_string(),
    }
}

/// What a connection goes through, in one line.
pub(super) fn described(way: &WayOut) -> String {
    let except = |bypass: &str| if bypass.is_empty() { String::new() } else { format!(", except for {bypass}") };
    match way {
        WayOut::Direct => "none".to_owned(),
        WayOut::ExpresslyDirect => "none, not even the default".to_owned(),
        WayOut::Own(settings, bypass) => format!("{}{}", with_user(settings), except(bypass)),
        WayOut::Default(settings, bypass) => format!("the default, {}{}", with_user(settings), except(bypass)),
    }
}

/// The same for scripts.
pub(super) fn way_json(way: &WayOut) -> Value {
    let (choice, proxy) = match way {
        WayOut::Direct => ("default", None),
        WayOut::ExpresslyDirect => ("none", None),
        WayOut::Own(settings, bypass) => ("own", Some((settings, bypass))),
        WayOut::Default(settings, bypass) => ("default", Some((settings, bypass))),
    };
    let proxy = proxy.map(
        |(settings, bypass)| json!({ "server": settings.server, "username": settings.username, "bypass": bypass }),
    );
    json!({ "choice": choice, "proxy": proxy })
}
