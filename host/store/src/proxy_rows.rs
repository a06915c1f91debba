//! The default proxy of the installation, and what each connection makes of it.

use rusqlite::OptionalExtension;
use serde_json::json;

use crate::column::Text;
use crate::{Action, ConnectionId, Deed, ProxySettings, Store, StoreError, connection_rows};

/// What a connection does beside a proxy of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyChoice {
    /// Without a proxy of its own it uses none, not even the installation's.
    pub without: bool,
    /// Hosts that its own proxy is not used for, in the text form of whoever reads them.
    pub bypass: String,
}

/// The proxy of every connection that has none of its own and wants one. Its password lies with the secrets of the
/// installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultProxy {
    /// The proxy.
    pub settings: ProxySettings,
    /// Hosts that it is not used for, in the text form of whoever reads them.
    pub bypass: String,
}

impl Store {
    /// What a connection has chosen; the default of the installation if nothing.
    ///
    /// # Errors
    /// Those of reading.
    pub fn proxy_choice(&self, connection: ConnectionId) -> Result<ProxyChoice, StoreError> {
        self.read(|database| {
            let sql = "SELECT without, bypass FROM proxy_choices WHERE connection_id = ?1";
            let chosen = database.query_row(sql, [Text(connection)], |row| {
                Ok(ProxyChoice { without: row.get(0)?, bypass: row.get(1)? })
            });
            Ok(chosen.optional()?.unwrap_or_default())
        })
    }

    /// Notes what a connection has chosen. It counts as a change of its settings, so that a run that was cut off does
    /// not go on another way.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn set_proxy_choice(&mut self, connection: ConnectionId, choice: &ProxyChoice) -> Result<(), StoreError> {
        let before = self.proxy_choice(connection)?;
        if before == *choice {
            return Ok(());
        }
        self.change(|database, acting| {
            let stored = connection_rows::load(database, connection)?;
            database.execute(
                "INSERT OR REPLACE INTO proxy_choices (connection_id, without, bypass) VALUES (?1, ?2, ?3)",
                (Text(connection), choice.without, &choice.bypass),
            )?;
            let revised = "UPDATE connections SET settings_revision = settings_revision + 1 WHERE id = ?1";
            database.execute(revised, [Text(connection)])?;
            let told = |choice: &ProxyChoice| json!({ "without_proxy": choice.without, "bypass": choice.bypass });
            let deed = Deed::to_connection(Action::ConnectionChanged, &stored);
            acting.record(database, &deed.changes(&told(&before), &told(choice)))
        })
    }

    /// The default proxy, if there is one.
    ///
    /// # Errors
    /// Those of reading.
    pub fn default_proxy(&self) -> Result<Option<DefaultProxy>, StoreError> {
        self.read(|database| {
            let found = database.query_row("SELECT server, username, bypass FROM default_proxy", [], |row| {
                let settings = ProxySettings { server: row.get::<_, Text<_>>(0)?.0, username: row.get(1)? };
                Ok(DefaultProxy { settings, bypass: row.get(2)? })
            });
            Ok(found.optional()?)
        })
    }

    /// Stores the default proxy in place of an earlier one; with `None` there is none any more.
    ///
    /// # Errors
    /// Those of writing.
    pub fn set_default_proxy(&mut self, proxy: Option<&DefaultProxy>) -> Result<(), StoreError> {
        let before = self.default_proxy()?;
        if before.as_ref() == proxy {
            return Ok(());
        }
        self.change(|database, acting| {
            match proxy {
                None => database.execute("DELETE FROM default_proxy", [])?,
                Some(DefaultProxy { settings, bypass }) => database.execute(
                    "INSERT OR REPLACE INTO default_proxy (only, server, username, bypass) VALUES (1, ?1, ?2, ?3)",
                    (settings.server.to_string(), &settings.username, bypass),
                )?,
            };
            let action = if proxy.is_some() { Action::ProxyChanged } else { Action::ProxyRemoved };
            let told = |proxy: Option<&DefaultProxy>| {
                proxy.map(|DefaultProxy { settings, bypass }| json!({ "settings": settings, "bypass": bypass }))
            };
            acting.record(database, &Deed::to_installation(action).changes(&told(before.as_ref()), &told(proxy)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{DefaultProxy, ProxyChoice};
    use crate::ProxySettings;
    use crate::store::tests::Fixture;

    #[test]
    fn a_connection_uses_the_default_until_it_says_otherwise() {
        let Fixture { mut store, connection, folder: _folder } = Fixture::new();
        assert_eq!(store.proxy_choice(connection).unwrap(), ProxyChoice::default());
        let choice = ProxyChoice { without: true, bypass: ".intern.example".to_owned() };
        store.set_proxy_choice(connection, &choice).unwrap();
        assert_eq!(store.proxy_choice(connection).unwrap(), choice);
        let revision = |store: &crate::Store| store.connections().unwrap()[0].settings_revision;
        assert_eq!(revision(&store), 2);
        store.set_proxy_choice(connection, &choice).unwrap();
        assert_eq!(revision(&store), 2, "the same choice is no change");
        store.delete_connection(connection).unwrap();
        assert_eq!(store.proxy_choice(connection).unwrap(), ProxyChoice::default());
    }

    #[test]
    fn one_default_proxy() {
        let Fixture { mut store, folder: _folder, .. } = Fixture::new();
        assert_eq!(store.default_proxy().unwrap(), None);
        for (server, username, bypass) in [("http://a:1", None, ""), ("b:2", Some("ada"), "c.example, 10.0.0.0/8")] {
            let settings = ProxySettings { server: server.parse().unwrap(), username: username.map(str::to_owned) };
            let proxy = DefaultProxy { settings, bypass: bypass.to_owned() };
            store.set_default_proxy(Some(&proxy)).unwrap();
            assert_eq!(store.default_proxy().unwrap(), Some(proxy));
        }
        store.set_default_proxy(None).unwrap();
        assert_eq!(store.default_proxy().unwrap(), None);
    }
}
