//! Which cloud and which tenant an address of an older configuration means.

use crate::trouble::Trouble;
use beacon_entra::{Cloud, names_no_tenant};
use url::Url;

/// What a token endpoint says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Value of the setting `cloud`.
    pub(super) cloud: &'static str,
    /// Whether other clouds share the address.
    pub(super) several: bool,
    /// The tenant, if it names one.
    pub(super) tenant: Option<String>,
    /// The address in its newer form.
    pub(super) address: String,
    /// Whether it was of the older form.
    pub(super) older: bool,
}

/// Reads a token endpoint: `https://login…/TENANT/oauth2/v2.0/token`, or the older form without `v2.0`.
pub(super) fn token_endpoint(text: &str) -> Result<Endpoint, Trouble> {
    let no_endpoint = || {
        let title = "that is no token endpoint of Microsoft's";
        let advice = "Write it as in https://login.microsoftonline.com/common/oauth2/v2.0/token, or leave it empty.";
        Trouble::settings("legacy.token_endpoint", title, advice)
    };
    let url = Url::parse(text).map_err(|_| no_endpoint())?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(no_endpoint());
    }
    let segments: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let (tenant, older) = match segments.as_slice() {
        [tenant, "oauth2", "v2.0", "token"] if !tenant.is_empty() => (*tenant, false),
        [tenant, "oauth2", "token"] if !tenant.is_empty() => (*tenant, true),
        _ => return Err(no_endpoint()),
    };
    let root = url.origin().ascii_serialization();
    let mut clouds = Cloud::ALL.iter().filter(|cloud| cloud.login_root == root);
    let Some(cloud) = clouds.next() else {
        let title = format!("{root} is none of the places where Microsoft's clouds sign in");
        let advice = "Take the row out, and add this connection in the page or with `beacon connection add`, with the \
                      cloud Custom.";
        return Err(Trouble::settings("legacy.cloud", title, advice));
    };
    Ok(Endpoint {
        cloud: cloud.id,
        several: clouds.next().is_some(),
        tenant: (!names_no_tenant(tenant)).then(|| tenant.to_owned()),
        address: format!("{root}/{tenant}/oauth2/v2.0/token"),
        older,
    })
}

#[cfg(test)]
mod tests {
    use super::token_endpoint;

    #[test]
    fn an_endpoint_tells_cloud_and_tenant() {
        for (text, cloud, tenant, older) in [
            ("https://login.microsoftonline.com/common/oauth2/v2.0/token", "global", None, false),
            ("https://LOGIN.microsoftonline.com/contoso.com/oauth2/token", "global", Some("contoso.com"), true),
            ("https://login.microsoftonline.us/organizations/oauth2/v2.0/token", "us_government_l4", None, false),
            ("https://login.partner.microsoftonline.cn/a.cn/oauth2/v2.0/token", "china", Some("a.cn"), false),
        ] {
            let found = token_endpoint(text).unwrap();
            assert_eq!((found.cloud, found.tenant.as_deref(), found.older), (cloud, tenant, older), "{text}");
            assert!(found.address.ends_with("/oauth2/v2.0/token"), "{found:?}");
            assert_eq!(found.several, cloud == "us_government_l4", "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, code) in [
            ("login.microsoftonline.com", "legacy.token_endpoint"),
            ("https://login.microsoftonline.com/", "legacy.token_endpoint"),
            ("https://a:b@login.microsoftonline.com/common/oauth2/v2.0/token", "legacy.token_endpoint"),
            ("https://login.microsoftonline.com/common/oauth2/v2.0/token?x=1", "legacy.token_endpoint"),
            ("https://login.microsoftonline.com/../oauth2/v2.0/token", "legacy.token_endpoint"),
            ("http://login.microsoftonline.com/common/oauth2/v2.0/token", "legacy.cloud"),
            ("https://login.microsoftonline.com.example/common/oauth2/v2.0/token", "legacy.cloud"),
            ("https://login.microsoftonline.com:8443/common/oauth2/v2.0/token", "legacy.cloud"),
        ] {
            assert_eq!(token_endpoint(text).unwrap_err().code, code, "{text}");
        }
    }
}
