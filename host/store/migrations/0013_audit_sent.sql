-- The hash beside the number: numbers are given again if somebody takes the newest entries away.
ALTER TABLE audit_syslog ADD COLUMN sent_hash TEXT NOT NULL DEFAULT '';

UPDATE audit_syslog SET sent_hash = coalesce((SELECT hash FROM audit WHERE number = sent_through), '');
