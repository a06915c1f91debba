-- Who may sign in at the page. The hash is a PHC string (argon2id); passwords are nowhere.
CREATE TABLE accounts (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'reader')),
    password_hash TEXT NOT NULL,
    signed_in_at  TEXT
) STRICT;

-- One row: what the organisation wants filled in for new connections, JSON. The shape belongs to whoever writes it.
CREATE TABLE defaults (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    value TEXT NOT NULL
) STRICT;

CREATE INDEX runs_by_start ON runs (started_at);
