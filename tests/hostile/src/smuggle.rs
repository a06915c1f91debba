//! Requests that must never leave the house. What the host says about each is told back as a failure of the task.

use crate::Behaviour;
use beacon_contract::{Fail, FailKind, Failed, FrameWriter, Head, HttpWish, Method, RequestId, Settings, Wish};
use std::collections::BTreeMap;

/// A plain GET.
pub(crate) fn get(id: RequestId, url: &str) -> HttpWish {
    HttpWish {
        id,
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        slot: None,
        page_of: None,
        body: false,
    }
}

/// The request of a behaviour of this family.
pub(crate) fn smuggle(behaviour: Behaviour, settings: &Settings) -> Option<Vec<u8>> {
    let graph = settings.text("graph_root")?;
    let organization = format!("{graph}/v1.0/organization");
    let request = |url: &str| get(RequestId(1), url);
    let wish = match behaviour {
        Behaviour::ForbiddenHost => request("https://collector.example.com/v1.0/organization"),
        Behaviour::ForbiddenPath => request(&format!("{graph}/v1.0/me/messages")),
        Behaviour::ForbiddenHeader => {
            let headers = vec![("authorization".to_owned(), "Bearer mine".to_owned())];
            HttpWish { headers, ..request(&organization) }
        }
        Behaviour::PlainHttp => request(&organization.replacen("https", "http", 1)),
        Behaviour::PrivateAddress => request("https://10.0.0.1/v1.0/organization"),
        Behaviour::MetadataAddress => request("https://169.254.169.254/v1.0/organization"),
        Behaviour::PrivateName | Behaviour::Redirected => request(&organization),
        Behaviour::UndeclaredSlot => with_slot(request(&organization), "proxy_password")?,
        Behaviour::StoredSlot => with_slot(request(&login(settings)?), "client_secret")?,
        Behaviour::SlotElsewhere => with_slot(request(&login(settings)?), "graph_token")?,
        _ => return None,
    };
    let mut writer = FrameWriter::new();
    Wish::Http(wish, &[]).write(&mut writer);
    Some(writer.finish())
}

fn with_slot(wish: HttpWish, slot: &str) -> Option<HttpWish> {
    Some(HttpWish { slot: Some(slot.parse().ok()?), ..wish })
}

/// A page of the sign-in site that the rules allow.
fn login(settings: &Settings) -> Option<String> {
    let endpoint = settings.text("token_endpoint")?;
    let authority = endpoint.strip_prefix("https://")?.split('/').next()?;
    Some(format!("https://{authority}/common/oauth2/nativeclient"))
}

/// The task ends with the host's own code, for the test to read.
pub(crate) fn refused(failed: &Failed) -> Fail {
    fail("hostile.refused", &failed.code)
}

/// The host let the request through.
pub(crate) fn answered(head: &Head) -> Fail {
    fail("hostile.got_through", &head.status.to_string())
}

fn fail(code: &str, detail: &str) -> Fail {
    let arguments = BTreeMap::from([("detail".to_owned(), detail.to_owned())]);
    Fail { kind: FailKind::Defect, code: code.to_owned(), arguments }
}
