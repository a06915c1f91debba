-- Invitations to consent: a link for somebody who has no account here. Of the secret in it only the digest is stored.
CREATE TABLE invitations (
    id             TEXT PRIMARY KEY,
    connection_id  TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    -- SHA-256 of the secret.
    link_digest    BLOB NOT NULL UNIQUE,
    -- The account of the page that made it; without one it was the command line.
    made_by        TEXT,
    made_at        TEXT NOT NULL,
    ends_at        TEXT NOT NULL,
    state          TEXT NOT NULL,
    -- How often its page was shown while the link was good.
    shown          INTEGER NOT NULL DEFAULT 0,
    first_shown_at TEXT,
    last_shown_at  TEXT,
    -- Why it is in this state, where there is more to say: JSON.
    cause          TEXT
) STRICT;

CREATE INDEX invitations_by_connection ON invitations (connection_id);

-- The moment of each change of their states, in the order of the changes.
CREATE TABLE invitation_changes (
    invitation_id TEXT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    state         TEXT NOT NULL,
    at            TEXT NOT NULL
) STRICT;

CREATE INDEX invitation_changes_by_invitation ON invitation_changes (invitation_id);
