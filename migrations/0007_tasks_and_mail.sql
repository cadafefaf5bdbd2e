-- Work that is done in the background, by whichever instance claims it first. What is done is removed.
CREATE TABLE tasks (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    -- What it is to be done with, as JSON.
    payload    TEXT   NOT NULL,
    -- There is at most one task of a name at a time; without one, any number.
    name       TEXT   UNIQUE,
    state      TEXT   NOT NULL,
    -- Tries that have begun.
    tries      BIGINT NOT NULL,
    -- When it may be claimed: of one that is being done, when the claim runs out.
    due_at     BIGINT NOT NULL,
    -- Who is doing it: a random word.
    claim      TEXT,
    -- Why the last try failed.
    error      TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX tasks_by_time ON tasks (kind, due_at);

-- Every mail to a person, with what became of it.
CREATE TABLE mails (
    id         TEXT   NOT NULL PRIMARY KEY,
    owner_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    recipient  TEXT   NOT NULL,
    -- Which template it was written with.
    template   TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    -- Both are removed after 30 days: links in them are secrets.
    text       TEXT,
    html       TEXT,
    -- "kept" is for the administrator to read, where no mail server is configured.
    state      TEXT   NOT NULL,
    reason     TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX mails_by_owner ON mails (owner_id, template, created_at);
CREATE INDEX mails_by_time ON mails (created_at);

-- When the present address was confirmed by a link that was sent to it.
ALTER TABLE accounts ADD COLUMN verified_at BIGINT;

-- Links that were sent to people, each for one use. Only the SHA-256 of its token is kept.
CREATE TABLE account_links (
    hash       TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- What it does: "verify", "reset" or "change".
    purpose    TEXT   NOT NULL,
    -- The address that it was sent to.
    email      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    -- A person has one link for each purpose, the latest.
    UNIQUE (account_id, purpose)
);

-- Browsers that people signed in with. Only the SHA-256 of what a browser keeps is here.
CREATE TABLE account_devices (
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       TEXT   NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Whether the person wants the weekly digest, and the Monday of the last week that was looked at for it.
ALTER TABLE accounts ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN digest_at BIGINT NOT NULL DEFAULT 0;
