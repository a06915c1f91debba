//! `secrets`: the vault, its keys and what lies in it. Never a secret.

use crate::exit::Exit;
use crate::files::ask_secret;
use crate::secrets_arguments::{RekeyArguments, RotateArguments, SecretsCommand};
use crate::terminal::{Style, Terminal, table};
use beacon_operations::audit::record_at;
use beacon_operations::keys::{self, Belongs, Checked, Exported, KeyStatus, Keys, Lost};
use beacon_operations::{Folders, Installation, Place, Trouble};
use beacon_server::Serving;
use beacon_store::{Action, ActionOutcome, Deed, Store};
use beacon_vault::{ProviderKind, Recipient, Secret, Vault};
use serde_json::json;
use std::path::Path;

pub(crate) fn execute(
    place: &Place,
    command: &SecretsCommand,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        SecretsCommand::Status => {
            let status = match serving {
                None => keys::status(place)?,
                Some(_) => look(place, serving, keys::status_of)?,
            };
            Ok(show(&status, terminal))
        }
        SecretsCommand::Check => Ok(show_check(&look(place, serving, keys::check)?, terminal)),
        SecretsCommand::Export(arguments) => {
            let recipient = arguments.recipient()?;
            let exported = look(place, serving, |folders, store, vault| {
                keys::export(folders, store, vault, &recipient, Installation::now())
            })?;
            let written = terminal.write(&arguments.output, "--output", &exported.file);
            let deed = Deed::to_installation(Action::KeysExported)
                .with("secrets", exported.secrets)
                .with("recipient", recipient.to_string());
            let deed = if written.is_err() { deed.ended(ActionOutcome::Failed) } else { deed };
            match serving {
                Some(serving) => serving.installation().record(&deed)?,
                None => record_at(place, &deed)?,
            }
            written?;
            export(&arguments.output, &recipient, &exported, terminal)
        }
        _ if serving.is_some() => Err(serves()),
        SecretsCommand::Rotate(arguments) => rotate(place, arguments, terminal),
        SecretsCommand::Rekey(arguments) => rekey(place, arguments, terminal),
        SecretsCommand::Reset { yes } => reset(place, *yes, terminal),
    }
}

/// Looks at the keys of a data folder: through the beacon that serves it, or by opening it.
fn look<T>(
    place: &Place,
    serving: Option<&Serving>,
    at: impl FnOnce(&Folders, &Store, &Vault) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    match serving {
        Some(serving) => {
            let installation = serving.installation();
            at(&installation.folders, &installation.store(), &installation.vault())
        }
        None => {
            let Keys { folders, store, vault, .. } = Keys::open(place, None)?;
            at(&folders, &store, &vault)
        }
    }
}

fn serves() -> Trouble {
    let title = "keys are not changed while a beacon serves the data folder: it has the old ones in its memory";
    Trouble::settings("keys.served", title, "Stop the beacon, repeat this, and start it again.")
}

fn show(status: &KeyStatus, terminal: &Terminal) -> Exit {
    terminal.json(status);
    show_table(status, terminal);
    match &status.trouble {
        None => Exit::Success,
        Some(trouble) => {
            if !terminal.is_json() {
                terminal.trouble(trouble);
            }
            Exit::of(trouble)
        }
    }
}

fn show_table(status: &KeyStatus, terminal: &Terminal) {
    let Some(provider) = &status.provider else {
        terminal.result("There are no keys yet: the first connection brings them.");
        return;
    };
    let or = |value: &Option<String>, other: &str| value.clone().unwrap_or_else(|| other.to_owned());
    let made =
        status.made_at.map_or_else(|| "not known".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let rows = [
        ("Provider", provider.clone()),
        ("Where", or(&status.location, "not found")),
        ("Key", or(&status.key_id, "not known")),
        ("Fingerprint", or(&status.fingerprint, "not known")),
        ("Made", made),
        ("Older keys", status.older_keys.to_string()),
        ("Secrets", status.secrets.to_string()),
    ];
    terminal.result(&table(&rows.map(|(name, value)| vec![name.to_owned(), value])));
    if status.data_keys.is_empty() {
        return;
    }
    let mut rows = vec![["BELONGS TO", "DATA KEY", "GENERATION", "SECRETS", "UNDER KEY"].map(str::to_owned).to_vec()];
    rows.extend(status.data_keys.iter().map(|key| {
        vec![
            belongs(&key.belongs_to),
            key.id.clone(),
            key.generation.to_string(),
            key.secrets.to_string(),
            key.wrapped_with.clone(),
        ]
    }));
    terminal.result(&format!("\n{}", table(&rows)));
}

fn belongs(belongs: &Belongs) -> String {
    format!("{} {}", belongs.kind, belongs.name)
}

fn show_check(checked: &[Checked], terminal: &Terminal) -> Exit {
    terminal.json(&json!({ "secrets": checked }));
    let mut exit = Exit::Success;
    for (one, trouble) in checked.iter().filter_map(|one| Some((one, one.trouble.as_ref()?))) {
        exit = exit.worse(Exit::of(trouble));
        let what = format!("{}, {}", belongs(&one.belongs_to), one.slot);
        terminal.result(&format!("{}\n{}", terminal.paint(Style::Bold, &what), terminal.block(trouble)));
    }
    let broken = checked.iter().filter(|one| one.trouble.is_some()).count();
    terminal.result(&match (checked.len(), broken) {
        (0, _) => "There are no secrets.".to_owned(),
        (all, 0) => format!("All {all} secrets open."),
        (all, broken) => format!("{broken} of {all} secrets cannot be opened."),
    });
    exit
}

fn rotate(place: &Place, arguments: &RotateArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let mut keys = Keys::open(place, arguments.key_out.clone())?;
    let rotated = keys::rotate(&mut keys, arguments.key_out.as_ref(), arguments.forget_old, Installation::now())?;
    terminal.json(&json!({
        "provider": rotated.provider.as_str(),
        "location": rotated.location,
        "key_id": rotated.key_id,
        "fingerprint": rotated.fingerprint,
        "secrets": rotated.secrets,
        "data_keys": rotated.data_keys,
        "forgotten": rotated.forgotten,
        "older_keys": rotated.older,
        "left_to_do": rotated.left_to_do,
    }));
    terminal.result(&format!(
        "Encrypted {} secrets under {} new data keys and the new key {} ({}).",
        rotated.secrets, rotated.data_keys, rotated.key_id, rotated.fingerprint
    ));
    if rotated.forgotten > 0 {
        terminal.result(&format!("Destroyed {} older keys.", rotated.forgotten));
    } else if rotated.older > 0 {
        terminal.result(&format!(
            "{} older keys stay, for backups of the data folder; --forget-old destroys them.",
            rotated.older
        ));
    }
    left(&rotated.left_to_do, terminal);
    Ok(Exit::Success)
}

fn rekey(place: &Place, arguments: &RekeyArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let keys = Keys::open(place, None)?;
    let passphrase = new_passphrase(arguments, terminal)?;
    let output = arguments.key_out.as_ref();
    let moved = keys::rekey(keys, arguments.provider, output, passphrase, arguments.forget_old, Installation::now())?;
    terminal.json(&json!({
        "from": { "provider": moved.from.as_str(), "location": moved.from_location },
        "provider": moved.provider.as_str(),
        "location": moved.location,
        "key_id": moved.key_id,
        "fingerprint": moved.fingerprint,
        "forgotten": moved.forgotten,
        "left_to_do": moved.left_to_do,
    }));
    terminal.result(&format!(
        "The provider {} holds the keys now ({}): key {} ({}).",
        moved.provider, moved.location, moved.key_id, moved.fingerprint
    ));
    if moved.from != moved.provider && !moved.forgotten {
        terminal.result(&format!(
            "The old keys are still with {} ({}). Remove them when no backup of before is needed.",
            moved.from, moved.from_location
        ));
    }
    left(&moved.left_to_do, terminal);
    Ok(Exit::Success)
}

/// From the file that was named, or from a person, who types it twice.
fn new_passphrase(arguments: &RekeyArguments, terminal: &Terminal) -> Result<Option<Secret>, Trouble> {
    if arguments.provider != ProviderKind::Passphrase {
        return match &arguments.new_passphrase_file {
            None => Ok(None),
            Some(_) => {
                let title = format!("the provider `{}` has no passphrase", arguments.provider);
                Err(Trouble::settings("keys.passphrase_unused", title, "Leave out --new-passphrase-file."))
            }
        };
    }
    if let Some(file) = &arguments.new_passphrase_file {
        return terminal.read_secret(file, "--new-passphrase-file").map(Some);
    }
    let typed = ask_secret("New passphrase").zip(ask_secret("The same once more"));
    match typed {
        Some((first, second)) if first.expose() == second.expose() => Ok(Some(first)),
        Some(_) => {
            Err(Trouble::settings("keys.passphrases_differ", "the two passphrases are not the same", "Try again."))
        }
        None => {
            let advice = "Name a file that holds it with --new-passphrase-file FILE.";
            Err(Trouble::settings("passphrase.not_given", "no new passphrase was given", advice))
        }
    }
}

fn export(output: &Path, recipient: &Recipient, exported: &Exported, terminal: &Terminal) -> Result<Exit, Trouble> {
    terminal.json(&json!({ "file": output, "secrets": exported.secrets, "recipient": recipient.to_string() }));
    terminal.result(&format!("Wrote {} secrets to {}, for {recipient} alone.", exported.secrets, output.display()));
    terminal.note(&format!("Read it with: age --decrypt --identity KEY {}", output.display()));
    Ok(Exit::Success)
}

fn reset(place: &Place, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let lost = Lost::find(place)?;
    let question = format!("Forget {} secrets, which have to be entered again?", lost.secrets);
    if !yes && !terminal.confirm(&question) {
        terminal.note("Nothing was forgotten.");
        return Ok(Exit::Cancelled);
    }
    let forgotten = lost.forget()?;
    terminal.json(&json!({ "forgotten": forgotten }));
    terminal.result(&format!("Forgot {forgotten} secrets. The next command chooses a provider and makes a new key."));
    terminal.result(
        "Enter them again: `beacon connection edit NAME --secret …` or `beacon connection consent NAME`, `beacon proxy \
         set`, `beacon profile edit`, `beacon destination edit`; notifications have to be added anew.",
    );
    Ok(Exit::Success)
}

fn left(steps: &[String], terminal: &Terminal) {
    if !steps.is_empty() {
        terminal.result(&format!("Left to do:\n  {}", steps.join("\n  ")));
    }
}
