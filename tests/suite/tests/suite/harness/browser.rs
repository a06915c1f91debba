//! A person with a browser: walks through the sign-in pages by their forms, as a browser without scripts would.

use super::Tenant;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use url::Url;

/// More pages than any sign-in has.
const PAGES: usize = 6;

/// The first `name="…" value="…"` of a hidden field.
fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn client(tenant: &Tenant) -> Client {
    let authority = Certificate::from_pem(tenant.ca_pem().as_bytes()).expect("the simulator's authority");
    let builder = Client::builder().tls_certs_only([authority]).redirect(Policy::none()).no_proxy();
    builder.build().expect("a browser")
}

fn leaves(response: &Response) -> Option<String> {
    response.headers().get("location")?.to_str().ok().map(str::to_owned)
}

/// Signs in at `address` and accepts on behalf of the organisation; the address that the browser is sent to.
pub(crate) fn sign_in(tenant: &Tenant, address: &str, account: &str) -> String {
    walk(tenant, address, account).unwrap_or_else(|page| panic!("the sign-in ended on a page:\n{page}"))
}

/// As [`sign_in`], for an application that wants the answer posted: what the last page's form posts to `redirect`.
pub(crate) fn sign_in_by_post(tenant: &Tenant, address: &str, account: &str, redirect: &str) -> String {
    let page = walk(tenant, address, account).expect_err("the answer is a page");
    assert!(page.contains(&format!("<form method=\"post\" action=\"{redirect}\">")), "{page}");
    let fields = page.split("<input type=\"hidden\" name=\"").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        // Codes, states and ids hold no character that HTML would escape.
        Some((name, rest.split_once('"')?.0))
    });
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Walks to where the sign-in site has no more questions: an address that the browser is sent to, or a page.
fn walk(tenant: &Tenant, address: &str, account: &str) -> Result<String, String> {
    tenant.wait(async {
        let client = client(tenant);
        let base = Url::parse(address).expect("an address");
        let mut response = client.get(address).send().await.expect("the sign-in page");
        for _ in 0..PAGES {
            if let Some(target) = leaves(&response) {
                return Ok(target);
            }
            let page = response.text().await.expect("a page");
            let Some(flow) = hidden(&page, "flow") else { return Err(page) };
            let (path, form) = if page.contains("action=\"/simulated/consent\"") {
                ("/simulated/consent", vec![("flow", flow.as_str()), ("decision", "accept"), ("organization", "on")])
            } else {
                ("/simulated/account", vec![("flow", flow.as_str()), ("account", account)])
            };
            let target = base.join(path).expect("a path");
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let post = client.post(target).header("content-type", "application/x-www-form-urlencoded").body(body);
            response = post.send().await.expect("the next page");
        }
        panic!("the sign-in did not end after {PAGES} pages")
    })
}

/// Opens the loopback address that the browser was sent to; what the page says.
pub(crate) fn come_back(tenant: &Tenant, address: &str) -> String {
    tenant.wait(async {
        let client = Client::builder().no_proxy().build().expect("a browser");
        let response = client.get(address).send().await.expect("the program listens");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("a page")
    })
}
