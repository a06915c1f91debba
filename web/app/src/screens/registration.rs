//! "Your own app": what to register in Entra, step by step, and a script that does it.

use super::form_field::Filling;
use crate::kit::CopyButton;
use beacon_api::{PermissionSet, SourceType};
use beacon_contract::Form;
use leptos::prelude::*;

#[component]
pub(crate) fn Registration(
    source: StoredValue<SourceType>,
    form: StoredValue<Form>,
    filling: Filling,
) -> impl IntoView {
    let chosen =
        move |field: &str| form.with_value(|form| filling.effective(form).text(field).unwrap_or_default().to_owned());
    let own = move || chosen("sign_in") == "own_app";
    let by_itself = move || chosen("flow").starts_with("client_");
    let sets = source.with_value(|source| source.permission_sets.clone());
    let all = sets.last().cloned();
    let set = {
        let sets = sets.clone();
        move || {
            let wanted = chosen("permission_set");
            let found = sets.iter().find(|set| set.id == wanted).or(sets.last()).cloned();
            // An application has no choice at sign-in: what was granted is what it may.
            if by_itself() { all.clone() } else { found }
        }
    };
    let redirect = StoredValue::new(source.with_value(|source| source.redirect_uri.clone()));
    let script_set = set.clone();
    let script = Signal::derive(move || script(script_set(), by_itself(), &redirect.get_value()));
    let consent_address = Signal::derive(move || {
        let (tenant, client) = (chosen("tenant"), chosen("client_id"));
        let (login, tenant) =
            (chosen("login_root"), if tenant.is_empty() { "organizations".to_owned() } else { tenant });
        format!("{login}/{tenant}/v2.0/adminconsent?client_id={client}&scope=https://graph.microsoft.com/.default")
    });
    view! {
        <Show when=own>
            <div class="card">
                <h2>"Your own app, step by step"</h2>
                <ol class="stack">
                    <li>"Entra admin center → App registrations → New registration. Name it as you like; \
                        accounts in this organizational directory only."</li>
                    <Show when=move || !by_itself()>
                        <li>
                            "Redirect URI: platform \"Mobile and desktop applications\", "
                            <code>{redirect.get_value()}</code>" "
                            <CopyButton text=Signal::derive(move || redirect.get_value()) label="Copy the redirect URI"/>
                        </li>
                    </Show>
                    <li>
                        {move || if by_itself() { "API permissions → Microsoft Graph → Application permissions:" }
                            else { "API permissions → Microsoft Graph → Delegated permissions:" }}
                        <Permissions set=Signal::derive(set.clone())/>
                    </li>
                    <li>"Grant admin consent for your organization; this address leads there: "
                        <CopyButton text=consent_address label="Copy the admin consent address"/></li>
                    <Show when=move || chosen("flow") == "client_secret">
                        <li>"Certificates & secrets → New client secret. Copy its Value (not its Secret ID) into the form, \
                            and the day on which it expires."</li>
                    </Show>
                    <Show when=move || chosen("flow") == "client_certificate">
                        <li>"Certificates & secrets → Certificates → Upload: the certificate without its key. Into the \
                            form goes the PEM text of both."</li>
                    </Show>
                    <li>"Copy Application (client) ID and Directory (tenant) ID from the Overview page into the form."</li>
                </ol>
                <details>
                    <summary>"The same as an Azure CLI script"</summary>
                    <div class="stack">
                        <pre tabindex="0">{script}</pre>
                        <CopyButton text=script label="Copy the script"/>
                    </div>
                </details>
            </div>
        </Show>
    }
}

/// Each permission: what it gives, what is lost without it, who may grant it.
#[component]
fn Permissions(#[prop(into)] set: Signal<Option<PermissionSet>>) -> impl IntoView {
    let lines = move || {
        let permissions = set.get().map(|set| set.permissions).unwrap_or_default();
        permissions
            .into_iter()
            .map(|one| {
                view! {
                    <li>
                        <details>
                            <summary><code>{one.name}</code></summary>
                            <p>"Gives "{one.gives}"."</p>
                            <p>"Without it the import has no "{one.lost}"."</p>
                            <p class="soft">"Granted by "{one.granted_by}"."</p>
                        </details>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ul>{lines}</ul> }
}

/// A script for the Azure CLI: registers the app with its permissions and asks for the admin consent.
fn script(set: Option<PermissionSet>, by_itself: bool, redirect_uri: &str) -> String {
    let kind = if by_itself { "Role" } else { "Scope" };
    let list = if by_itself { "appRoles" } else { "oauth2PermissionScopes" };
    let names: Vec<String> =
        set.map(|set| set.permissions).unwrap_or_default().into_iter().map(|one| one.name).collect();
    let mut lines = vec![
        "GRAPH=00000003-0000-0000-c000-000000000000".to_owned(),
        "APP=$(az ad app create --display-name m365-beacon --sign-in-audience AzureADMyOrg --query appId -o tsv)"
            .to_owned(),
    ];
    if !by_itself {
        lines.push(format!("az ad app update --id \"$APP\" --public-client-redirect-uris {redirect_uri}"));
    }
    lines.push(format!("for NAME in {}; do", names.join(" ")));
    lines.push(format!("  ID=$(az ad sp show --id \"$GRAPH\" --query \"{list}[?value=='$NAME'].id | [0]\" -o tsv)"));
    lines.push(format!("  az ad app permission add --id \"$APP\" --api \"$GRAPH\" --api-permissions \"$ID={kind}\""));
    lines.push("done".to_owned());
    lines.push("az ad sp create --id \"$APP\"".to_owned());
    lines.push("az ad app permission admin-consent --id \"$APP\"".to_owned());
    if by_itself {
        lines.push(
            "az ad app credential reset --id \"$APP\" --years 1 --query password -o tsv   # the client secret"
                .to_owned(),
        );
    }
    lines.push("echo \"Application (client) ID: $APP\"".to_owned());
    lines.push("az account show --query tenantId -o tsv   # the tenant".to_owned());
    lines.join("\n")
}
