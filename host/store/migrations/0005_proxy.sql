-- What a connection does without a proxy of its own, and what its own is not used for. Without a row: the default of
-- the installation, and no exception.
CREATE TABLE proxy_choices (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    -- No proxy at all, not even the installation's.
    without       INTEGER NOT NULL CHECK (without IN (0, 1)),
    bypass        TEXT NOT NULL
) STRICT;

-- At most one row: the proxy of every connection that chooses nothing else.
CREATE TABLE default_proxy (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    server   TEXT NOT NULL,
    username TEXT,
    bypass   TEXT NOT NULL
) STRICT;

-- Secrets of the installation itself, sealed as those of connections are; its id takes the place of a connection's.
CREATE TABLE installation_keys (
    id         TEXT PRIMARY KEY,
    generation INTEGER NOT NULL UNIQUE,
    kek_id     TEXT NOT NULL,
    provider   TEXT NOT NULL,
    nonce      BLOB NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT;

CREATE TABLE installation_secrets (
    slot       TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    key_id     TEXT NOT NULL REFERENCES installation_keys (id),
    algorithm  TEXT NOT NULL,
    nonce      BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    origins    TEXT NOT NULL
) STRICT;
