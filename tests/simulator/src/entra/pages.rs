//! Pages for a person: plain forms, no scripts, clearly labelled as a simulation.

use super::account::{Account, role};
use super::authorize::Redirection;
use super::error::{SignInError, Trace};
use super::registration::AppRegistration;
use crate::clock::error_timestamp;

const STYLE: &str = "
body { margin: 0; background: #eef1f5; color: #1b1b1b; font: 16px/1.5 'Segoe UI', system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 440px; margin: 8vh auto; padding: 36px 44px; background: #fff;
  box-shadow: 0 2px 10px rgba(0, 0, 0, .18); }
.banner { margin: 0; padding: 10px; background: #5c2e00; color: #fff; text-align: center; }
h1 { font-size: 24px; font-weight: 600; margin: 0 0 12px; }
ul { padding-left: 20px; }
button { font: inherit; padding: 7px 20px; border: 1px solid #5e5e5e; background: #fff; color: #1b1b1b; cursor: pointer; }
button.primary { background: #0b57a4; border-color: #0b57a4; color: #fff; }
button.account { display: block; width: 100%; margin: 0 0 8px; padding: 12px; text-align: left; }
button:focus-visible, input:focus-visible { outline: 3px solid #0b57a4; outline-offset: 2px; }
.small { color: #505050; font-size: 14px; }
label { display: block; margin: 12px 0; }
input[type=text] { font: inherit; padding: 6px; width: 100%; box-sizing: border-box; }
.actions { display: flex; gap: 12px; justify-content: flex-end; margin-top: 20px; }
dt { font-weight: 600; } dd { margin: 0 0 8px; overflow-wrap: anywhere; }
";

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} - Simulated Microsoft sign-in</title><style>{STYLE}</style></head>\n\
         <body><p class=\"banner\">Simulated Microsoft sign-in - for tests, not Microsoft</p>\n<main><h1>{title}</h1>\n{content}\n</main></body></html>\n"
    )
}

fn account_buttons(accounts: &[Account], first: Option<&str>) -> String {
    let mut ordered: Vec<&Account> = accounts.iter().collect();
    ordered.sort_by_key(|account| !first.is_some_and(|name| account.user_principal_name.eq_ignore_ascii_case(name)));
    let button = |account: &&Account| {
        let role = account.roles.first().map_or("User", |template| role::name(template));
        format!(
            "<button class=\"account\" name=\"account\" value=\"{upn}\"><strong>{name}</strong><br>{upn}<br><span class=\"small\">{role}</span></button>",
            upn = escaped(&account.user_principal_name),
            name = escaped(&account.display_name),
        )
    };
    ordered.iter().map(button).collect()
}

/// The account picker. Fields: `flow`, `account` (or `decision=cancel`).
pub(super) fn choose_account(flow: &str, accounts: &[Account], hint: Option<&str>) -> String {
    page(
        "Pick an account",
        &format!(
            "<p>No password is asked for here.</p>\n<form method=\"post\" action=\"/simulated/account\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\n{}\
         <div class=\"actions\"><button name=\"decision\" value=\"cancel\">Back</button></div></form>",
            account_buttons(accounts, hint)
        ),
    )
}

fn permission_list(permissions: &[String]) -> String {
    permissions
        .iter()
        .map(|permission| {
            format!("<li>{} <span class=\"small\">({})</span></li>", meaning(permission), escaped(permission))
        })
        .collect()
}

fn meaning(permission: &str) -> &'static str {
    match permission {
        "User.Read" => "Sign you in and read your profile",
        "User.ReadBasic.All" => "Read all users' basic profiles",
        "User.Read.All" => "Read all users' full profiles",
        "Organization.Read.All" => "Read organization information",
        "Directory.Read.All" => "Read directory data",
        "Reports.Read.All" => "Read all usage reports",
        "ReportSettings.Read.All" => "Read admin report settings",
        "AuditLog.Read.All" => "Read audit log data",
        "GroupMember.Read.All" => "Read group memberships",
        "Group.ReadBasic.All" => "Read basic group information",
        "Group.Read.All" => "Read all groups",
        "Domain.Read.All" => "Read domains",
        "LicenseAssignment.Read.All" => "Read all license assignments",
        _ => "Another permission",
    }
}

/// The consent page. Fields: `flow`, `decision` (`accept` or `decline`), `organization` (`on` for everybody).
pub(super) fn consent(
    flow: &str,
    registration: &AppRegistration,
    administrator: bool,
    everybody: bool,
    permissions: &[String],
) -> String {
    let organization = match (administrator, everybody) {
        (true, false) => {
            "<label><input type=\"checkbox\" name=\"organization\" value=\"on\" checked> Consent on behalf of your organization</label>"
        }
        (true, true) => {
            "<input type=\"hidden\" name=\"organization\" value=\"on\"><p>If you accept, this app gets access for all users in your organization.</p>"
        }
        (false, _) => "",
    };
    page(
        "Permissions requested",
        &format!(
            "<p><strong>{}</strong><br><span class=\"small\">unverified, application {}</span></p>\n<p>This app would like to:</p><ul>{}<li>Maintain access to data you have given it access to <span class=\"small\">(offline_access)</span></li></ul>\n\
         <form method=\"post\" action=\"/simulated/consent\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">{organization}\
         <div class=\"actions\"><button name=\"decision\" value=\"decline\">Cancel</button><button class=\"primary\" name=\"decision\" value=\"accept\">Accept</button></div></form>",
            escaped(&registration.display_name),
            registration.client_id,
            permission_list(permissions)
        ),
    )
}

/// "Need admin approval". Field: `flow`, with `decision=cancel`.
pub(super) fn need_administrator(flow: &str, registration: &AppRegistration, permissions: &[String]) -> String {
    page(
        "Need admin approval",
        &format!(
            "<p><strong>{}</strong> needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it. (AADSTS90094)</p><ul>{}</ul>\n\
         <form method=\"post\" action=\"/simulated/account\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\
         <div class=\"actions\"><button class=\"primary\" name=\"decision\" value=\"cancel\">Return to the application without granting consent</button></div></form>",
            escaped(&registration.display_name),
            permission_list(permissions)
        ),
    )
}

/// An error that the application never learns of.
pub(super) fn refusal(refused: &SignInError, trace: &Trace) -> String {
    page(
        "Sorry, but we're having trouble signing you in.",
        &format!(
            "<p>AADSTS{}: {}</p>\n<dl><dt>Request Id</dt><dd>{}</dd><dt>Correlation Id</dt><dd>{}</dd><dt>Timestamp</dt><dd>{}</dd></dl>",
            refused.number,
            escaped(&refused.text),
            trace.trace_id,
            trace.correlation_id,
            error_timestamp(trace.now)
        ),
    )
}

/// `response_mode=form_post`: without scripts, the person presses the button.
pub(super) fn form_post(redirection: &Redirection) -> String {
    let field = |(name, value): &(&str, String)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value))
    };
    page(
        "Signed in",
        &format!(
            "<form method=\"post\" action=\"{}\">{}<div class=\"actions\"><button class=\"primary\">Continue to the application</button></div></form>",
            escaped(&redirection.redirect_uri),
            redirection.answer.iter().map(field).collect::<String>()
        ),
    )
}

/// The device page. Fields: `user_code`; then also `account` or `decision=decline`.
pub(super) fn device_code(note: &str) -> String {
    page(
        "Enter code",
        &format!(
            "<p>{note}</p><form method=\"post\" action=\"/device\"><label>Code <input type=\"text\" name=\"user_code\" autocomplete=\"off\" required></label>\
         <div class=\"actions\"><button class=\"primary\">Next</button></div></form>"
        ),
    )
}

pub(super) fn device_account(user_code: &str, application: &str, accounts: &[Account]) -> String {
    page(
        "Pick an account",
        &format!(
            "<p>Are you trying to sign in to <strong>{}</strong> on another device? Only continue if you started this yourself.</p>\
         <form method=\"post\" action=\"/device\"><input type=\"hidden\" name=\"user_code\" value=\"{}\">{}\
         <div class=\"actions\"><button name=\"decision\" value=\"decline\">Cancel</button></div></form>",
            escaped(application),
            escaped(user_code),
            account_buttons(accounts, None)
        ),
    )
}

/// A page that only tells something.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escaped(text)))
}
