-- How a destination is reached: straight, through the default proxy of the installation, or through one of its own.
ALTER TABLE destinations ADD COLUMN proxy TEXT NOT NULL DEFAULT 'none' CHECK (proxy IN ('none', 'default', 'own'));
ALTER TABLE destinations ADD COLUMN proxy_server TEXT;
ALTER TABLE destinations ADD COLUMN proxy_username TEXT;

-- A destination can have two secrets: its credential, and the password of its own proxy.
CREATE TABLE secrets_of_destinations (
    destination_id TEXT NOT NULL REFERENCES destinations (id) ON DELETE CASCADE,
    slot           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    key_id         TEXT NOT NULL,
    algorithm      TEXT NOT NULL,
    nonce          BLOB NOT NULL,
    ciphertext     BLOB NOT NULL,
    origins        TEXT NOT NULL,
    PRIMARY KEY (destination_id, slot),
    FOREIGN KEY (destination_id, key_id) REFERENCES destination_keys (destination_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

INSERT INTO secrets_of_destinations
SELECT destination_id, slot, version, key_id, algorithm, nonce, ciphertext, origins FROM destination_secrets;
DROP TABLE destination_secrets;
ALTER TABLE secrets_of_destinations RENAME TO destination_secrets;

-- At most one row: which packages go by themselves. A rule that is not given lets none go.
CREATE TABLE retention (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    keep INTEGER,
    days INTEGER
) STRICT;
