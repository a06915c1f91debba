//! Which labels a connection has.

use std::collections::BTreeSet;

use serde_json::json;

use crate::column::Text;
use crate::{Action, ConnectionId, Deed, InvalidInput, Label, Store, StoreError, connection_rows};

impl Store {
    /// Gives a connection exactly these labels.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`], [`StoreError::Input`] if there are more than [`Label::MOST`].
    pub fn set_labels(&mut self, connection: ConnectionId, labels: &BTreeSet<Label>) -> Result<(), StoreError> {
        if labels.len() > Label::MOST {
            let count = labels.len().to_string();
            return Err(InvalidInput::new("labels of a connection", "may be at most 20", &count).into());
        }
        self.change(|database, acting| {
            let stored = connection_rows::load(database, connection)?;
            if stored.labels == *labels {
                return Ok(());
            }
            database.execute("DELETE FROM connection_labels WHERE connection_id = ?1", [Text(connection)])?;
            let mut insert =
                database.prepare("INSERT INTO connection_labels (connection_id, label) VALUES (?1, ?2)")?;
            for label in labels {
                insert.execute((Text(connection), label.as_str()))?;
            }
            let deed = Deed::to_connection(Action::ConnectionChanged, &stored);
            let (before, now) = (json!({ "labels": stored.labels }), json!({ "labels": labels }));
            acting.record(database, &deed.changes(&before, &now))
        })
    }

    /// All labels that some connection has, in order.
    ///
    /// # Errors
    /// Those of reading.
    pub fn all_labels(&self) -> Result<BTreeSet<Label>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare("SELECT DISTINCT label FROM connection_labels")?;
            let rows = statement.query_map([], |row| Ok(row.get::<_, Text<Label>>(0)?.0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::store::tests::{Fixture, now};
    use crate::{Label, SecondConnection, StoreError};

    fn labels(texts: &[&str]) -> BTreeSet<Label> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn labels_stay_with_their_connection_and_go_with_it() {
        let mut fixture = Fixture::new();
        fixture.store.set_labels(fixture.connection, &labels(&["Gold", "region=EU"])).unwrap();
        let mut fixture = fixture.reopen();
        let connection = fixture.store.connection(fixture.connection).unwrap();
        assert_eq!(connection.labels, labels(&["gold", "region=eu"]));
        // They shape no run, and a change of the rest leaves them alone.
        let changed = fixture.store.update_connection(&connection, SecondConnection::Refuse, now(1)).unwrap();
        assert_eq!((changed.settings_revision, &changed.labels), (connection.settings_revision, &connection.labels));
        fixture.store.set_labels(fixture.connection, &labels(&["silver"])).unwrap();
        assert_eq!(fixture.store.all_labels().unwrap(), labels(&["silver"]));
        fixture.store.delete_connection(fixture.connection).unwrap();
        assert_eq!(fixture.store.all_labels().unwrap(), labels(&[]));
    }

    #[test]
    fn there_is_an_end_to_them() {
        let mut fixture = Fixture::new();
        let many: Vec<String> = (0..=Label::MOST).map(|number| format!("label{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let error = fixture.store.set_labels(fixture.connection, &labels(&many)).unwrap_err();
        assert!(matches!(error, StoreError::Input(_)), "{error}");
        assert_eq!(fixture.store.all_labels().unwrap(), labels(&[]));
    }
}
