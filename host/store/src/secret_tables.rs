//! Where data keys and sealed secrets lie: the same two tables for each kind of owner. Whatever concerns all secrets
//! (rotation, checks, a copy for somebody) goes over this list, so that none is forgotten.

/// Whose secrets they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A connection.
    Connection,
    /// A destination.
    Destination,
    /// The installation itself: its default proxy, credential profiles, and whatever else connections share.
    Installation,
}

/// The tables of one kind of owner.
pub(crate) struct SecretTables {
    pub(crate) owner: Owner,
    pub(crate) keys: &'static str,
    pub(crate) secrets: &'static str,
    /// The column with the owner's id; none where there is one owner only.
    column: Option<&'static str>,
    /// The day on which a secret expires, where the table has it.
    pub(crate) expires_on: &'static str,
}

/// All of them.
pub(crate) const SECRET_TABLES: [SecretTables; 3] = [
    SecretTables {
        owner: Owner::Connection,
        keys: "data_keys",
        secrets: "secrets",
        column: Some("connection_id"),
        expires_on: "expires_on",
    },
    SecretTables {
        owner: Owner::Destination,
        keys: "destination_keys",
        secrets: "destination_secrets",
        column: Some("destination_id"),
        expires_on: "NULL",
    },
    SecretTables {
        owner: Owner::Installation,
        keys: "installation_keys",
        secrets: "installation_secrets",
        column: None,
        expires_on: "NULL",
    },
];

impl SecretTables {
    /// The tables of this kind of owner.
    pub(crate) fn of(owner: Owner) -> impl Iterator<Item = &'static Self> {
        SECRET_TABLES.iter().filter(move |tables| tables.owner == owner)
    }

    /// An expression for the id of a row's owner.
    pub(crate) fn owner_id(&self) -> &'static str {
        self.column.unwrap_or("(SELECT id FROM installation)")
    }

    /// An `INSERT` of a data key; ?1 is the owner's id.
    pub(crate) fn insert_key(&self) -> String {
        let (column, value) = self.column.map_or((String::new(), ""), |column| (format!("{column}, "), "?1, "));
        format!(
            "INSERT INTO {} ({column}id, generation, kek_id, provider, nonce, ciphertext) \
             VALUES ({value}?2, ?3, ?4, ?5, ?6, ?7)",
            self.keys
        )
    }
}
