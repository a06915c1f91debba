-- Credentials that serve several connections: one rotation, one warning. What is secret of them lies in
-- `installation_secrets`, in slots of the form `profile.<id>.<slot>`.
CREATE TABLE credential_profiles (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    client_id  TEXT NOT NULL,
    -- The slot of a connector that it fills.
    kind       TEXT NOT NULL CHECK (kind IN ('client_secret', 'client_certificate')),
    -- The exact origins that its secret may go to.
    origins    TEXT NOT NULL,
    expires_on TEXT,
    -- When the secret was stored last.
    stored_at  TEXT NOT NULL,
    -- The last day of a certificate that was made and is not in use yet.
    next_until TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Without an action of its own: a profile in use cannot be removed.
ALTER TABLE connections ADD COLUMN profile_id TEXT REFERENCES credential_profiles (id);

CREATE INDEX connections_by_profile ON connections (profile_id);

-- The last attempt to keep the sign-in of a person alive, and why it failed (JSON).
CREATE TABLE exercises (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    tried_at      TEXT NOT NULL,
    trouble       TEXT
) STRICT;

-- Which level of which end was told in the log already. The owner is a connection or a profile.
CREATE TABLE expiry_notices (
    owner    TEXT NOT NULL,
    slot     TEXT NOT NULL,
    last_day TEXT NOT NULL,
    level    TEXT NOT NULL,
    PRIMARY KEY (owner, slot)
) STRICT;
