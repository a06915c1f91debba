//! Accounts of the page.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use crate::password;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use beacon_api::{Account, AccountDraft, Role};
use beacon_store::AccountRow;
use std::sync::Arc;
use zeroize::Zeroizing;

/// More would not fit the lists that they are shown in.
const LONGEST_NAME: usize = 64;

pub(crate) async fn all(State(app): State<Arc<App>>) -> Answer {
    let rows = app.installation.store().accounts()?;
    let accounts: Vec<Account> = rows
        .into_iter()
        .map(|row| Account {
            name: row.name,
            role: if row.administrator { Role::Administrator } else { Role::Reader },
            signed_in_at: row.signed_in_at.map(|at| at.to_string()),
        })
        .collect();
    json(&accounts)
}

pub(crate) async fn put(State(app): State<Arc<App>>, Body(draft): Body<AccountDraft>) -> Answer {
    let name = draft.name.trim().to_lowercase();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
        let title = "An account's name has letters, digits, dots, underscores and hyphens, at most 64.";
        return Err(Refusal::settings("account.name", title, "Choose another name.").about("name"));
    }
    let administrator = draft.role == Role::Administrator;
    let password_hash = password::hash(Zeroizing::new(draft.password)).await?;
    {
        let mut store = app.installation.store();
        if !administrator {
            keep_one_administrator(&store.accounts()?, &name)?;
        }
        let signed_in_at = store.account(&name)?.and_then(|row| row.signed_in_at);
        store.put_account(&AccountRow { name: name.clone(), administrator, password_hash, signed_in_at })?;
    }
    app.sessions.close_account(&name);
    done()
}

pub(crate) async fn remove(State(app): State<Arc<App>>, Path(name): Path<String>) -> Answer {
    {
        let mut store = app.installation.store();
        keep_one_administrator(&store.accounts()?, &name)?;
        if !store.delete_account(&name)? {
            return Err(Refusal::not_found("account"));
        }
    }
    app.sessions.close_account(&name);
    done()
}

/// Refuses to leave the beacon without anybody who may administer it.
fn keep_one_administrator(accounts: &[AccountRow], without: &str) -> Result<(), Refusal> {
    let is_one = accounts.iter().any(|row| row.administrator && row.name == without);
    let others = accounts.iter().any(|row| row.administrator && row.name != without);
    if is_one && !others {
        let title = "This is the last administrator.";
        return Err(Refusal::conflict("account.last", title, "Make somebody else administrator first."));
    }
    Ok(())
}
