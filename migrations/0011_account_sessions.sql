-- Where people are signed in: each browser, and each sign-in of a program.
CREATE TABLE account_sessions (
    id            TEXT   NOT NULL PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The account's session epoch at that time; when it has risen since, the session has ended.
    session_epoch BIGINT NOT NULL,
    -- What the browser or program says of itself, cut short.
    agent         TEXT   NOT NULL,
    -- The network address that it was last used from.
    network       TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    -- To the hour.
    used_at       BIGINT NOT NULL
);
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, used_at);

-- The tokens of a program's sign-in end with it.
ALTER TABLE token_families ADD COLUMN session_id TEXT REFERENCES account_sessions (id) ON DELETE CASCADE;
CREATE INDEX token_families_by_session ON token_families (session_id);
