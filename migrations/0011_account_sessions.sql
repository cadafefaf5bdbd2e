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

-- The tokens of a program's sign-in end with that. Those of before belong to none, so programs sign in once more.
DROP TABLE family_tokens;
DROP TABLE token_families;

CREATE TABLE token_families (
    id            TEXT   NOT NULL PRIMARY KEY,
    owner_id      TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    session_id    TEXT   NOT NULL REFERENCES account_sessions (id) ON DELETE CASCADE,
    -- The account's session epoch at that time; when it has risen since, the family has ended.
    session_epoch BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX token_families_by_owner ON token_families (owner_id);
CREATE INDEX token_families_by_session ON token_families (session_id);
CREATE INDEX token_families_by_expiry ON token_families (expires_at);

-- Their tokens as SHA-256: those for access, and those that are exchanged for new ones once.
CREATE TABLE family_tokens (
    hash       TEXT   NOT NULL PRIMARY KEY,
    family_id  TEXT   NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    -- An exchanged token is kept until it expires: whoever shows it again ends the family.
    spent      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX family_tokens_by_family ON family_tokens (family_id);
CREATE INDEX family_tokens_by_expiry ON family_tokens (expires_at);
