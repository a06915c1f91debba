//! Reading the tenant and its users, honestly or with one lie.

use crate::Behaviour;
use crate::misfit_rows::{records, texts};
use crate::smuggle::get;
use beacon_contract::{
    ChainId, Done, Fail, FailKind, FrameWriter, GrantKind, GrantWish, HttpWish, PageOf, RequestId, Settings, TableEnd,
    TableName, TableStatus, Wish,
};
use serde_json::Value;
use std::collections::BTreeMap;

const GRANT: RequestId = RequestId(1);
const ORGANIZATION: RequestId = RequestId(2);
/// Small pages, so that even a small tenant has several.
const PAGE: u32 = 20;

/// What the listing waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Grant,
    Organization,
    Users { pages: u32 },
}

/// One listing.
#[derive(Debug)]
pub(crate) struct Listing {
    behaviour: Behaviour,
    graph: String,
    waiting: Waiting,
}

/// Names that are constant and therefore always parse; a typing error here ends the task instead of the module.
struct Names {
    slot: beacon_contract::SlotName,
    chain: ChainId,
    tenant: TableName,
    users: TableName,
}

fn names() -> Option<Names> {
    Some(Names {
        slot: "graph_token".parse().ok()?,
        chain: "all".parse().ok()?,
        tenant: "tenant".parse().ok()?,
        users: "users".parse().ok()?,
    })
}

impl Listing {
    /// Begins with the grant.
    pub(crate) fn begin(behaviour: Behaviour, settings: &Settings, writer: &mut FrameWriter) -> Option<Self> {
        let graph = settings.text("graph_root")?.to_owned();
        let profile = "graph".parse().ok()?;
        let kind = GrantKind::ClientSecret;
        Wish::Grant(GrantWish { id: GRANT, profile, kind, parameters: BTreeMap::new() }).write(writer);
        Some(Self { behaviour, graph, waiting: Waiting::Grant })
    }

    fn ask(&self, names: &Names, writer: &mut FrameWriter, table: &TableName, id: RequestId, url: &str) {
        let page_of = Some(PageOf { table: table.clone(), chain: names.chain.clone() });
        let wish = HttpWish { slot: Some(names.slot.clone()), page_of, ..get(id, url) };
        Wish::Http(wish, &[]).write(writer);
    }

    /// The grant succeeded.
    pub(crate) fn granted(&mut self, writer: &mut FrameWriter) {
        let Some(names) = names() else { return stop(writer, "names") };
        self.waiting = Waiting::Organization;
        let url = format!("{}/v1.0/organization", self.graph);
        self.ask(&names, writer, &names.tenant, ORGANIZATION, &url);
    }

    /// A whole answer arrived.
    pub(crate) fn answered(&mut self, status: u16, body: &[u8], writer: &mut FrameWriter) {
        let (Some(names), Ok(page)) = (names(), serde_json::from_slice::<Value>(body)) else {
            return stop(writer, "an unreadable body");
        };
        if status != 200 && self.behaviour == Behaviour::InventContinuation {
            // The service knows no such page; the module claims to be through all the same.
            complete(writer, &names.users);
            return Wish::Done(Done::default()).write(writer);
        }
        if status != 200 {
            return stop(writer, &format!("status {status}"));
        }
        match self.waiting {
            Waiting::Grant => stop(writer, "an answer before the grant"),
            Waiting::Organization => self.organization(&names, &page, writer),
            Waiting::Users { pages } => self.users(&names, &page, pages + 1, writer),
        }
    }

    fn organization(&mut self, names: &Names, page: &Value, writer: &mut FrameWriter) {
        let foreign = "00000000-0000-0000-0000-00000000beef";
        let own = page.pointer("/value/0/id").and_then(Value::as_str).unwrap_or_default();
        let first = if self.behaviour == Behaviour::OtherTenant { foreign } else { own };
        records(writer, &names.tenant, 1, &[("tenant_id", &texts([Some(first)]))]);
        if self.behaviour == Behaviour::TwoTenants {
            records(writer, &names.tenant, 1, &[("tenant_id", &texts([Some(foreign)]))]);
        }
        complete(writer, &names.tenant);
        if self.behaviour == Behaviour::ClaimWithoutAsking {
            complete(writer, &names.users);
            return Wish::Done(Done::default()).write(writer);
        }
        let filter = match self.behaviour {
            Behaviour::SkipPartition => "&$filter=userPrincipalName%20ge%20'm'",
            Behaviour::NarrowRoot => "&$search=%22displayName:a%22",
            _ => "",
        };
        let root = format!("{}/v1.0/users?$select=id,userPrincipalName&$top={PAGE}{filter}", self.graph);
        self.waiting = Waiting::Users { pages: 0 };
        self.ask(names, writer, &names.users, RequestId(10), &root);
    }

    fn users(&mut self, names: &Names, page: &Value, pages: u32, writer: &mut FrameWriter) {
        let items = page.get("value").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut ids: Vec<&str> = items.iter().filter_map(|item| item.get("id")?.as_str()).collect();
        let invented = format!("00000000-0000-0000-0000-{pages:012}");
        match self.behaviour {
            // Every link is followed, and every second person is left out.
            Behaviour::DropRows => ids = ids.into_iter().step_by(2).collect(),
            Behaviour::InventRows => ids.push(&invented),
            _ => {}
        }
        let rows = u32::try_from(ids.len()).unwrap_or_default();
        records(writer, &names.users, rows, &[("user_id", &texts(ids.into_iter().map(Some)))]);
        let next = page.get("@odata.nextLink").and_then(Value::as_str);
        match next.filter(|_| self.behaviour != Behaviour::StopFollowing) {
            Some(next) => {
                self.waiting = Waiting::Users { pages };
                let other = next.replacen("$top=20", "$top=19", 1);
                let next = if self.behaviour == Behaviour::InventContinuation { &other } else { next };
                self.ask(names, writer, &names.users, RequestId(10 + pages), next);
            }
            None => {
                if self.behaviour != Behaviour::NeverClaim {
                    complete(writer, &names.users);
                }
                Wish::Done(Done::default()).write(writer);
            }
        }
    }
}

fn complete(writer: &mut FrameWriter, table: &TableName) {
    Wish::TableEnd(TableEnd { table: table.clone(), status: TableStatus::Complete, reason: None, concealed: None })
        .write(writer);
}

/// The listing cannot go on, through no misdeed of its own: the test that sees this has a fault of its own.
pub(crate) fn stop(writer: &mut FrameWriter, detail: &str) {
    let arguments = BTreeMap::from([("detail".to_owned(), detail.to_owned())]);
    Wish::Fail(Fail { kind: FailKind::Retry, code: "hostile.stopped".to_owned(), arguments }).write(writer);
}
