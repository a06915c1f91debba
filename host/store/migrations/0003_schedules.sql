-- When imports are due. `rule` is JSON; `considered_at` is the moment up to which every time of the rule was decided.
CREATE TABLE schedules (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    name_key       TEXT NOT NULL UNIQUE,
    rule           TEXT NOT NULL,
    zone           TEXT NOT NULL,
    missed         TEXT NOT NULL CHECK (missed IN ('run_once', 'skip')),
    jitter_seconds INTEGER NOT NULL,
    "window"       TEXT,
    -- How many of its connections may run at the same time.
    parallel       INTEGER NOT NULL CHECK (parallel > 0),
    considered_at  TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL
) STRICT;

ALTER TABLE connections ADD COLUMN schedule_id TEXT REFERENCES schedules (id) ON DELETE SET NULL;

CREATE INDEX connections_by_schedule ON connections (schedule_id);

-- Runs that are owed: at most one for each connection, so that a slow one gathers no queue. With a run, it was begun.
-- The row goes in the transaction that ends that run.
CREATE TABLE due (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    schedule_id   TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    fired_at      TEXT NOT NULL,
    starts_at     TEXT NOT NULL,
    run_id        TEXT REFERENCES runs (id) ON DELETE SET NULL
) STRICT;

-- What became of the times of a schedule.
CREATE TABLE occasions (
    schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    at          TEXT NOT NULL,
    first       TEXT NOT NULL,
    count       INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    decided_at  TEXT NOT NULL
) STRICT;

CREATE INDEX occasions_by_schedule ON occasions (schedule_id, decided_at);

ALTER TABLE runs ADD COLUMN schedule_name TEXT;
ALTER TABLE runs ADD COLUMN due_at TEXT;
