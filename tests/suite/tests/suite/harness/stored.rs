//! Connections put into a store without the program, where a test passes the time itself.

use beacon_store::{ConnectionId, NewConnection, SecondConnection, Store};
use jiff::Timestamp;

/// A connection that has nothing but its name.
#[track_caller]
pub(crate) fn store_connection(store: &mut Store, id: ConnectionId, name: &str, now: Timestamp) {
    let connection = NewConnection {
        id,
        name: name.parse().expect("a name"),
        source_type: "Microsoft 365".to_owned(),
        module_id: "microsoft-365".to_owned(),
        settings: serde_json::Map::new(),
        proxy: None,
        tenant_key: None,
        profile: None,
    };
    store.insert_connection(connection, SecondConnection::Refuse, now).expect("a connection");
}
