-- Ids are UUIDs as lower-case text. Times are RFC 3339 in UTC with nine digits of the second, so they sort as text.

-- One row: who this data folder is, wherever it is moved to. Names its key file.
CREATE TABLE installation (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id   TEXT NOT NULL
) STRICT;

CREATE TABLE connections (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    -- The name as it is compared: case and runs of spaces make no difference.
    name_key          TEXT NOT NULL UNIQUE,
    source_type       TEXT NOT NULL,
    module_id         TEXT NOT NULL,
    settings          TEXT NOT NULL,
    settings_revision INTEGER NOT NULL,
    proxy_server      TEXT,
    proxy_username    TEXT,
    -- What the settings say about the tenant, and the tenant that the first consent pinned.
    tenant_key        TEXT,
    tenant_id         TEXT,
    tenant_name       TEXT,
    consented_account TEXT,
    granted_scopes    TEXT NOT NULL,
    created_at        TEXT NOT NULL,
    updated_at        TEXT NOT NULL
) STRICT;

CREATE INDEX connections_by_tenant ON connections (source_type, tenant_key);

CREATE TABLE data_keys (
    id            TEXT NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    generation    INTEGER NOT NULL,
    kek_id        TEXT NOT NULL,
    provider      TEXT NOT NULL,
    nonce         BLOB NOT NULL,
    ciphertext    BLOB NOT NULL,
    PRIMARY KEY (connection_id, id),
    UNIQUE (connection_id, generation)
) STRICT;

CREATE TABLE secrets (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    slot          TEXT NOT NULL,
    version       INTEGER NOT NULL,
    key_id        TEXT NOT NULL,
    algorithm     TEXT NOT NULL,
    nonce         BLOB NOT NULL,
    ciphertext    BLOB NOT NULL,
    origins       TEXT NOT NULL,
    expires_on    TEXT,
    updated_at    TEXT NOT NULL,
    PRIMARY KEY (connection_id, slot),
    -- A data key can't go while a secret needs it. Deferred, so that deleting a connection may remove both.
    FOREIGN KEY (connection_id, key_id) REFERENCES data_keys (connection_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE runs (
    id            TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    started_at    TEXT NOT NULL,
    finished_at   TEXT,
    state         TEXT NOT NULL,
    package_id    TEXT,
    package_dir   TEXT,
    summary       TEXT,
    error         TEXT
) STRICT;

CREATE INDEX runs_by_connection ON runs (connection_id, started_at);

-- What a run leaves for the next one, before and after its package exists.
CREATE TABLE pending_states (
    run_id        TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    bytes         BLOB NOT NULL,
    PRIMARY KEY (run_id, kind)
) STRICT;

CREATE TABLE states (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    run_id        TEXT NOT NULL,
    bytes         BLOB NOT NULL,
    PRIMARY KEY (connection_id, kind)
) STRICT;

-- At most one row: the table of product and plan names that an operator installed.
CREATE TABLE installed_names (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    digest       TEXT NOT NULL,
    installed_at TEXT NOT NULL
) STRICT;
