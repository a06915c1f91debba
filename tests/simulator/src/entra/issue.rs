//! Making tokens: claims, lifetimes, and the answer that carries them.

use super::credential::Proof;
use super::error::SignInError;
use super::registration::{AppRegistration, RedirectKind};
use super::state::{Session, State};
use super::token::{TokenAnswer, TokenCall};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// For whom, and to whom, a delegated token is issued.
pub(super) struct Subject<'a> {
    pub(super) session: &'a Session,
    pub(super) registration: &'a AppRegistration,
    pub(super) proof: Proof,
    pub(super) nonce: Option<String>,
}

const ID_TOKEN_LIFETIME_SECONDS: i64 = 3_600;

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

impl State {
    /// Default access tokens live 60 to 90 minutes, drawn for each.
    fn lifetime(&mut self) -> i64 {
        3_600 + self.dice.below(1_800) as i64
    }

    fn opaque(&mut self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.dice.bytes::<16>())
    }

    fn access_claims(
        &mut self,
        call: &TokenCall,
        registration: &AppRegistration,
        proof: Proof,
        lifetime: i64,
    ) -> Value {
        let now = call.now.as_second();
        json!({
            "aud": call.world.tenant.cloud().graph_resource(),
            "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "iat": now, "nbf": now, "exp": now + lifetime,
            "aio": self.opaque(),
            "app_displayname": registration.display_name,
            "appid": registration.client_id,
            "appidacr": (proof as u8).to_string(),
            "idp": format!("https://sts.windows.net/{}/", self.tenant),
            "rh": format!("1.{}", self.opaque()),
            "tenant_region_scope": "EU",
            "tid": self.tenant,
            "uti": self.opaque(),
            "ver": "1.0",
            "xms_ftd": self.opaque(),
            "xms_tcdt": 1_500_000_000,
        })
    }

    fn signed_access_token(&mut self, call: &TokenCall, claims: &Map<String, Value>) -> String {
        let nonce = self.opaque();
        self.secrets.record(call.world.key.sign_access_token(&nonce, claims))
    }

    /// Tokens for a person through an application.
    pub(super) fn issue_delegated(&mut self, subject: Subject, call: &TokenCall) -> Result<TokenAnswer, SignInError> {
        let Subject { session, registration, proof, nonce } = subject;
        let Some(account) = self.account(session.account).cloned() else {
            return Err(super::error::by_number(50_057));
        };
        let lifetime = self.lifetime();
        let granted = self.granted(session.client_id, session.account);
        // As Entra does: all permissions in force for the resource, not only those asked for this time.
        let names = ["openid", "profile", "email"];
        let asked: BTreeSet<&str> = names.into_iter().filter(|name| session.scope.open_id.contains(*name)).collect();
        let permissions: Vec<&str> = granted.iter().map(String::as_str).chain(asked.iter().copied()).collect();
        let mut claims = object(self.access_claims(call, registration, proof, lifetime));
        claims.extend(object(json!({
            "acct": 0, "acr": "1", "amr": ["pwd", "mfa"],
            "idtyp": "user", "ipaddr": "127.0.0.1", "name": account.display_name,
            "oid": account.id, "puid": "10032000AAAAAAAA",
            "scp": permissions.join(" "),
            "signin_state": ["kmsi"], "sub": pairwise(session, "graph"),
            "unique_name": account.user_principal_name, "upn": account.user_principal_name,
            "wids": account.roles,
            "xms_idrel": "1 2", "xms_st": {"sub": pairwise(session, "client")},
        })));
        let access_token = self.signed_access_token(call, &claims);

        let resources = call.world.resources();
        let resource = session.scope.resource.as_deref().unwrap_or(resources.default_name());
        let qualified = granted.iter().map(|permission| format!("{resource}/{permission}"));
        let scope: Vec<String> = qualified.chain(asked.iter().map(|name| (*name).to_owned())).collect();
        let mut body = object(json!({
            "token_type": "Bearer", "scope": scope.join(" "),
            "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": access_token,
        }));
        if session.scope.open_id.contains("offline_access") {
            let refresh_token = self.mint::<400>("1.AV");
            self.refresh_tokens.insert(refresh_token.clone(), Session { issued_at: call.now, ..session.clone() });
            body.insert("refresh_token".into(), refresh_token.into());
        }
        if session.scope.open_id.contains("openid") {
            let mut claims = object(json!({
                "aud": session.client_id,
                "iss": format!("{}/{}/v2.0", call.origin, session.tenant),
                "iat": call.now.as_second(), "nbf": call.now.as_second(),
                "exp": call.now.as_second() + ID_TOKEN_LIFETIME_SECONDS,
                "aio": self.opaque(), "name": account.display_name, "oid": account.id,
                "preferred_username": account.user_principal_name,
                "rh": format!("1.{}", self.opaque()), "sub": pairwise(session, "client"),
                "tid": session.tenant, "uti": self.opaque(), "ver": "2.0",
            }));
            if let Some(nonce) = nonce {
                claims.insert("nonce".into(), nonce.into());
            }
            let id_token = self.secrets.record(call.world.key.sign_id_token(&claims));
            body.insert("id_token".into(), id_token.into());
        }
        if call.form.get("client_info") == Some("1") {
            let info = json!({"uid": account.id, "utid": session.tenant}).to_string();
            body.insert("client_info".into(), BASE64_URL_SAFE_NO_PAD.encode(info).into());
        }
        let allowed_origin = call.browser_origin.clone().filter(|_| session.kind == RedirectKind::Spa);
        Ok(TokenAnswer { body: Value::Object(body), allowed_origin })
    }

    /// A token for an application itself. No scope, no refresh token, no id token.
    pub(super) fn issue_application(
        &mut self,
        registration: &AppRegistration,
        proof: Proof,
        call: &TokenCall,
    ) -> TokenAnswer {
        let lifetime = self.lifetime();
        let roles = self.granted_roles(registration.client_id);
        let mut claims = object(self.access_claims(call, registration, proof, lifetime));
        // Service principals are people of no list; their id only has to be stable.
        let principal = uuid::Uuid::from_u128(registration.client_id.0.as_u128() ^ self.tenant.0.as_u128());
        claims.extend(object(json!({
            "idtyp": "app", "oid": principal, "sub": principal,
            "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"], "xms_idrel": "7 10",
        })));
        if !roles.is_empty() {
            claims.insert("roles".into(), json!(roles));
        }
        let access_token = self.signed_access_token(call, &claims);
        let body = json!({
            "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": access_token,
        });
        TokenAnswer { body, allowed_origin: None }
    }
}

/// A subject that is stable for a person and an application but tells nothing to another application.
fn pairwise(session: &Session, purpose: &str) -> String {
    let text = format!("{}{}{purpose}", session.account, session.client_id);
    BASE64_URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()))
}
