-- Where packages go. What failed for every package is kept here, what failed for one with its delivery.
CREATE TABLE destinations (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    -- The name as it is compared: case and runs of spaces make no difference.
    name_key      TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('folder', 'upload')),
    -- The folder, or the address.
    location      TEXT NOT NULL,
    access        TEXT NOT NULL CHECK (access IN ('open', 'bearer', 'basic', 'client_certificate')),
    username      TEXT,
    only_complete INTEGER NOT NULL,
    -- Failures in a row, and not before when the next attempt is made.
    failures      INTEGER NOT NULL DEFAULT 0,
    retry_at      TEXT,
    last_error    TEXT,
    delivered_at  TEXT,
    created_at    TEXT NOT NULL
) STRICT;

-- As `data_keys` and `secrets`, for destinations.
CREATE TABLE destination_keys (
    id             TEXT NOT NULL,
    destination_id TEXT NOT NULL REFERENCES destinations (id) ON DELETE CASCADE,
    generation     INTEGER NOT NULL,
    kek_id         TEXT NOT NULL,
    provider       TEXT NOT NULL,
    nonce          BLOB NOT NULL,
    ciphertext     BLOB NOT NULL,
    PRIMARY KEY (destination_id, id),
    UNIQUE (destination_id, generation)
) STRICT;

CREATE TABLE destination_secrets (
    destination_id TEXT PRIMARY KEY REFERENCES destinations (id) ON DELETE CASCADE,
    slot           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    key_id         TEXT NOT NULL,
    algorithm      TEXT NOT NULL,
    nonce          BLOB NOT NULL,
    ciphertext     BLOB NOT NULL,
    origins        TEXT NOT NULL,
    FOREIGN KEY (destination_id, key_id) REFERENCES destination_keys (destination_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- The outbox. A row comes with the end of its run, in one transaction. It holds all that sending needs: a package stays
-- when its connection is removed, and so does what is owed of it.
CREATE TABLE deliveries (
    run_id          TEXT NOT NULL,
    destination_id  TEXT NOT NULL REFERENCES destinations (id) ON DELETE CASCADE,
    connection_id   TEXT NOT NULL,
    package_dir     TEXT NOT NULL,
    started_at      TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    -- Failures in a row that concern this package alone.
    failures        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    last_error      TEXT,
    -- When it was confirmed or given up.
    settled_at      TEXT,
    PRIMARY KEY (run_id, destination_id)
) STRICT;

CREATE INDEX deliveries_waiting ON deliveries (destination_id, started_at) WHERE state = 'waiting';
CREATE INDEX deliveries_by_start ON deliveries (started_at);

ALTER TABLE runs ADD COLUMN package_removed_at TEXT;

-- Packages that are being removed: from the decision until nothing of them is left.
CREATE TABLE removals (
    run_id      TEXT PRIMARY KEY,
    package_dir TEXT NOT NULL
) STRICT;
