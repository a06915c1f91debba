//! Documents that clients read before they sign in. Every address is built from the host the client used.

use super::error::SignInError;
use super::reply;
use super::token::{Authority, trace};
use crate::exchange::Exchange;
use crate::world::World;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(super) fn configuration(world: &World, exchange: &Exchange, tenant: &str) -> Response<Body> {
    let authority = world.entra().authority(tenant);
    let (segment, issuer, region) = match authority {
        Err(refused) => {
            let refused = SignInError { error: "invalid_tenant", ..refused };
            return reply::public_json(StatusCode::BAD_REQUEST, &refused.body(&trace(world, exchange)));
        }
        Ok(Authority::Tenant(id)) => (id.to_string(), id.to_string(), json!("EU")),
        Ok(Authority::Organizations) => ("organizations".to_owned(), "{tenantid}".to_owned(), json!(null)),
        Ok(Authority::Common) => ("common".to_owned(), "{tenantid}".to_owned(), json!(null)),
        Ok(Authority::Consumers) => {
            ("consumers".to_owned(), "9188040d-6c67-4c5b-b112-36a304b66dad".to_owned(), json!(null))
        }
    };
    let origin = exchange.origin();
    let base = format!("{origin}/{segment}");
    let cloud = world.tenant.cloud();
    let graph = world.graph_authority();
    reply::public_json(
        StatusCode::OK,
        &json!({
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported":
                ["client_secret_post", "private_key_jwt", "client_secret_basic", "self_signed_tls_client_auth"],
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{origin}/{issuer}/v2.0"),
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": format!("https://{graph}/oidc/userinfo"),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
            "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name",
                "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver",
                "at_hash", "c_hash", "email"],
            "kerberos_endpoint": format!("{base}/kerberos"),
            "tenant_region_scope": region,
            "cloud_instance_name": cloud.login_host().trim_start_matches("login."),
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": graph,
            "rbac_url": "https://pas.windows.net",
        }),
    )
}

/// `GET /{tenant}/discovery/v2.0/keys`.
pub(super) fn keys(world: &World, exchange: &Exchange) -> Response<Body> {
    let issuer = format!("{}/{{tenantid}}/v2.0", exchange.origin());
    reply::public_json(StatusCode::OK, &world.key.key_set(&issuer))
}

/// `GET /common/discovery/instance`.
pub(super) fn instance(world: &World, exchange: &Exchange) -> Response<Body> {
    let query = exchange.query();
    let endpoint = query.get("authorization_endpoint").and_then(|text| url::Url::parse(text).ok());
    let own = &exchange.authority;
    let known_hosts = [
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
        "login.microsoftonline.us",
        "login.usgovcloudapi.net",
        "localhost",
        "127.0.0.1",
    ];
    let known = endpoint.as_ref().and_then(url::Url::host_str).is_some_and(|host| known_hosts.contains(&host));
    let Some(endpoint) = endpoint.filter(|_| known) else {
        let text = "Invalid instance: the authorization_endpoint is not a known authority.";
        let refused = SignInError::new(50_049, "invalid_instance", text);
        return reply::public_json(StatusCode::BAD_REQUEST, &refused.body(&trace(world, exchange)));
    };
    let tenant = endpoint.path_segments().and_then(|mut segments| segments.next()).unwrap_or("common");
    let network = |preferred: &str, cache: &str, aliases: &[&str]| json!({"preferred_network": preferred, "preferred_cache": cache, "aliases": aliases});
    reply::public_json(
        StatusCode::OK,
        &json!({
            "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", exchange.origin()),
            "api-version": "1.1",
            "metadata": [
                network(own, own, &[own]),
                network("login.microsoftonline.com", "login.windows.net",
                    &["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]),
                network("login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn",
                    &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"]),
                network("login.microsoftonline.us", "login.microsoftonline.us",
                    &["login.microsoftonline.us", "login.usgovcloudapi.net"]),
            ],
        }),
    )
}

/// `GET /common/userrealm/{upn}`: MSAL asks before a password grant.
pub(super) fn user_realm(world: &World, name: &str) -> Response<Body> {
    let domain = name.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let managed = world.entra().domains.contains(&domain);
    let body = if managed {
        json!({"ver": "1.0", "account_type": "Managed", "domain_name": domain,
            "cloud_instance_name": "microsoftonline.com", "cloud_audience_urn": "urn:federation:MicrosoftOnline"})
    } else {
        json!({"ver": "1.0", "account_type": "Unknown", "cloud_instance_name": "microsoftonline.com",
            "cloud_audience_urn": "urn:federation:MicrosoftOnline"})
    };
    reply::public_json(StatusCode::OK, &body)
}
