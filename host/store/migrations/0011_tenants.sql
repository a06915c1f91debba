-- Labels of connections, in lower case.
CREATE TABLE connection_labels (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    label         TEXT NOT NULL,
    PRIMARY KEY (connection_id, label)
) STRICT;

-- Customers whose erasing was begun. The row goes when nothing of them is left.
CREATE TABLE offboardings (
    id       TEXT PRIMARY KEY,
    -- How the customer can be named: connections, tenants. A list, JSON.
    names    TEXT NOT NULL,
    begun_at TEXT NOT NULL
) STRICT;

-- Files and folders that were decided to go with them, and of which something may be left.
CREATE TABLE erasures (
    offboarding_id TEXT NOT NULL REFERENCES offboardings (id) ON DELETE CASCADE,
    path           TEXT NOT NULL,
    -- The run whose package it must be, where it lies outside of the data folder.
    run_id         TEXT,
    PRIMARY KEY (offboarding_id, path)
) STRICT;
