-- The hash beside the number: numbers are given again if somebody takes the newest entries away.
ALTER TABLE audit_syslog ADD COLUMN sent_hash TEXT NOT NULL DEFAULT '';

UPDATE audit_syslog SET sent_hash = coalesce((SELECT hash FROM audit WHERE number = sent_through), '');

-- Which connector modules were used last: the trail forgets.
CREATE TABLE used_modules (
    id     TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT;

INSERT INTO used_modules
SELECT subject_id, json_extract(details, '$.sha256.new') FROM audit
WHERE number IN (SELECT max(number) FROM audit WHERE action = 'module.changed' GROUP BY subject_id)
AND json_extract(details, '$.sha256.new') IS NOT NULL;

-- Who is named, without reading the trail.
CREATE INDEX audit_by_actor ON audit (who) WHERE erased = 0;
