//! `connection new-certificate` and `profile new-certificate`: a key that stays in the vault, and its public part.

use crate::credential_arguments::NewCertificateArguments;
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_driver::CertificateFacts;
use beacon_operations::rotation::{self, Holder};
use beacon_operations::{Installation, Trouble};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) async fn execute(
    installation: &Installation,
    holder: &Holder,
    arguments: &NewCertificateArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let now = Installation::now();
    if arguments.discard {
        let there = rotation::discard(installation, holder, now)?;
        terminal.json(&json!({ "discarded": there }));
        terminal.result(if there { "Forgotten. What was in use stays in use." } else { "There was none." });
        return Ok(Exit::Success);
    }
    if arguments.try_out {
        rotation::try_out(installation, holder).await?;
    }
    if arguments.try_out || arguments.activate {
        let facts = rotation::activate(installation, holder, now)?;
        terminal.json(&json!({ "active": true, "certificate": described(&facts) }));
        let seen = if arguments.try_out { "It works, and" } else { "It" };
        terminal.result(&format!("{seen} is in use from now on, until {}.", day(facts.not_after)));
        terminal.note("Remove the old one from the app registration when all runs have ended that began with it.");
        return Ok(Exit::Success);
    }
    let facts = if arguments.show {
        rotation::waiting(installation, holder)?.ok_or_else(|| {
            let title = format!("no new certificate of {} waits", holder.name());
            Trouble::settings("certificate.none_waits", title, "Make one with the same command and no option.")
        })?
    } else {
        rotation::make(installation, holder, arguments.days, now)?
    };
    if let Some(path) = &arguments.out {
        terminal.write(path, "--out", facts.public_pem.as_bytes())?;
    }
    terminal.json(&json!({ "active": false, "certificate": described(&facts) }));
    if !terminal.is_json() {
        terminal.raw(facts.public_pem.as_bytes());
        terminal.note(&told(holder, &facts));
    }
    Ok(Exit::Success)
}

fn described(facts: &CertificateFacts) -> Value {
    json!({
        "pem": facts.public_pem,
        "thumbprint": facts.thumbprint_sha1,
        "thumbprint_sha256": facts.thumbprint,
        "not_before": facts.not_before,
        "not_after": facts.not_after,
    })
}

fn told(holder: &Holder, facts: &CertificateFacts) -> String {
    let rows = [
        ["Thumbprint", &facts.thumbprint_sha1],
        ["SHA-256", &facts.thumbprint],
        ["Valid until", &day(facts.not_after)],
    ];
    let rows: Vec<_> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let noun = match holder {
        Holder::Connection(_) => "connection",
        Holder::Profile(_) => "profile",
    };
    format!(
        "{}\n\nUpload this certificate to the app registration, under Certificates & secrets. It is not in use yet.\n\
         Next: beacon {noun} new-certificate {:?} --try",
        table(&rows),
        holder.name()
    )
}

fn day(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d").to_string()
}
