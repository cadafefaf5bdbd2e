-- What matters for security, and what administrators did. Entries are added and never changed, except that a person who
-- leaves is taken out of theirs.
CREATE TABLE audit_entries (
    id       TEXT   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    -- Who did it, if that is known: nobody for a failed sign-in, or for the command line.
    actor_id TEXT   REFERENCES accounts (id) ON DELETE SET NULL,
    action   TEXT   NOT NULL,
    -- What it was done to, in a word or two; never an address or a secret.
    subject  TEXT   NOT NULL,
    -- The network address that it came from; empty where there is none.
    network  TEXT   NOT NULL
);

CREATE INDEX audit_entries_by_time ON audit_entries (at, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor_id, at);
