-- At most one row: who holds the key-encryption keys, and which of them wrapped the data keys last. Written in the
-- transaction that wraps them, so that a start knows whom to ask and never takes another one silently.
CREATE TABLE key_choice (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    provider TEXT NOT NULL,
    kek_id   TEXT NOT NULL,
    -- When that key was made; unknown for keys that are older than this table.
    made_at  TEXT
) STRICT;
