-- Who lets whom see their practice. The mentor is an address, so that nothing depends on whether it is one: a share shows
-- to the mentor whose confirmed address it is, when there is one.
CREATE TABLE shares (
    id         TEXT   NOT NULL PRIMARY KEY,
    owner_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- As it was typed, and what all spellings of it share.
    email      TEXT   NOT NULL,
    email_key  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, email_key)
);

CREATE INDEX shares_by_address ON shares (email_key);

-- Since when an administrator keeps the person out.
ALTER TABLE accounts ADD COLUMN disabled_at BIGINT;

-- Whose account was changed, where an administrator changed somebody's.
ALTER TABLE audit_entries ADD COLUMN about_id TEXT REFERENCES accounts (id) ON DELETE SET NULL;

CREATE INDEX audit_entries_by_about ON audit_entries (about_id);
