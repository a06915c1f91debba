-- Connections that a person holds; without a row a connection runs. Runs that came due meanwhile are counted.
CREATE TABLE connection_switches (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    switch        TEXT NOT NULL CHECK (switch IN ('paused', 'disabled')),
    since         TEXT NOT NULL,
    skipped       INTEGER NOT NULL DEFAULT 0,
    skipped_at    TEXT
) STRICT;

-- How connections stand, as it was found last.
CREATE TABLE connection_states (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    state         TEXT NOT NULL,
    since         TEXT NOT NULL,
    code          TEXT NOT NULL,
    title         TEXT NOT NULL,
    next_step     TEXT NOT NULL,
    action        TEXT NOT NULL
) STRICT;

-- Every change of a state, in the transaction that stores it. Numbers only grow: messages are made of ranges of them.
CREATE TABLE state_changes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    before        TEXT NOT NULL,
    after         TEXT NOT NULL,
    since         TEXT NOT NULL,
    code          TEXT NOT NULL,
    title         TEXT NOT NULL,
    next_step     TEXT NOT NULL,
    at            TEXT NOT NULL
) STRICT;

CREATE INDEX state_changes_by_connection ON state_changes (connection_id);

-- Who is told. What would let somebody in (an address with its token, a key, a password) is sealed among the
-- installation's secrets, in a slot that names the row.
CREATE TABLE notifications (
    id               TEXT PRIMARY KEY,
    name             TEXT NOT NULL,
    -- The name as it is compared: case and runs of spaces make no difference.
    name_key         TEXT NOT NULL UNIQUE,
    -- JSON.
    way              TEXT NOT NULL,
    collect_seconds  INTEGER NOT NULL,
    -- The last change that is in one of its messages.
    gathered_through INTEGER NOT NULL,
    last_error       TEXT,
    sent_at          TEXT,
    created_at       TEXT NOT NULL
) STRICT;

-- The outbox: a message is a range of changes under an id that stays the same however often it is tried.
CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    notification_id TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    first_change    INTEGER NOT NULL,
    last_change     INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up', 'needless')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    last_error      TEXT,
    created_at      TEXT NOT NULL,
    settled_at      TEXT
) STRICT;

CREATE INDEX messages_waiting ON messages (notification_id) WHERE state = 'waiting';

-- What was counted of ended runs, so that nobody has to read all of them.
CREATE TABLE run_totals (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    state         TEXT NOT NULL,
    runs          INTEGER NOT NULL,
    seconds       REAL NOT NULL,
    requests      INTEGER NOT NULL,
    repeated      INTEGER NOT NULL,
    PRIMARY KEY (connection_id, state)
) STRICT;

INSERT INTO run_totals
SELECT connection_id, state, count(*), total((julianday(finished_at) - julianday(started_at)) * 86400.0),
       CAST(total(json_extract(summary, '$.requests.total')) AS INTEGER),
       CAST(total(json_extract(summary, '$.requests.retries')) AS INTEGER)
FROM runs WHERE finished_at IS NOT NULL GROUP BY connection_id, state;
