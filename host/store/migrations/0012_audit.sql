-- Who changed what. Entries are only appended: the triggers below refuse everything else, whoever asks.
CREATE TABLE audit (
    number        INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    who           TEXT NOT NULL,
    way           TEXT NOT NULL,
    client        TEXT NOT NULL,
    action        TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_id    TEXT NOT NULL,
    subject_name  TEXT NOT NULL,
    -- The connection that it is about. It may be gone: what happened to it stays known.
    connection_id TEXT NOT NULL,
    -- JSON. Never a secret.
    details       TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    erased        INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    -- Of everything that an erasure takes away; it stays.
    content_hash  TEXT NOT NULL,
    -- Of the hash of the entry before, and of this one.
    hash          TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_connection ON audit (connection_id) WHERE connection_id <> '';
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_action ON audit (action, number);

-- The last entry that was forgotten because of its age: the chain begins behind it.
CREATE TABLE audit_anchor (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL
) STRICT;

INSERT INTO audit_anchor VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- The last entry that a syslog server has.
CREATE TABLE audit_syslog (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    sent_through INTEGER NOT NULL
) STRICT;

INSERT INTO audit_syslog VALUES (1, 0);

-- In order, without gaps. This is also in the way of INSERT OR REPLACE, which deletes without asking triggers.
CREATE TRIGGER audit_is_appended BEFORE INSERT ON audit
WHEN NEW.number <> 1 + coalesce((SELECT max(number) FROM audit), (SELECT number FROM audit_anchor))
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;

-- The one change: what is about a customer is erased, and nothing else is touched.
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
WHEN NOT (
    OLD.erased = 0 AND NEW.erased = 1 AND NEW.number = OLD.number AND NEW.at = OLD.at AND NEW.action = OLD.action
    AND NEW.content_hash = OLD.content_hash AND NEW.hash = OLD.hash AND NEW.who = 'erased' AND NEW.way = 'erased'
    AND NEW.client = 'erased' AND NEW.subject_kind = 'erased' AND NEW.subject_id = 'erased'
    AND NEW.subject_name = 'erased' AND NEW.connection_id = '' AND NEW.details = '{}' AND NEW.outcome = 'erased'
)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;

-- The one deletion: what the anchor has left behind.
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.number > (SELECT number FROM audit_anchor)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;

CREATE TRIGGER audit_anchor_goes_on BEFORE UPDATE ON audit_anchor
WHEN NEW.number <= OLD.number OR NEW.hash IS NOT (SELECT hash FROM audit WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;

CREATE TRIGGER audit_anchor_stays BEFORE DELETE ON audit_anchor
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;

CREATE TRIGGER audit_anchor_is_one BEFORE INSERT ON audit_anchor
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only appended to');
END;
