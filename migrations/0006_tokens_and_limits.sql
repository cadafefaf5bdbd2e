-- Sign-ins of programs. All tokens of one sign-in belong to one family and end with it.
CREATE TABLE token_families (
    id            TEXT   NOT NULL PRIMARY KEY,
    owner_id      TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The account's session epoch at that time; when it has risen since, the family has ended.
    session_epoch BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX token_families_by_owner ON token_families (owner_id);
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

-- Tokens that people make for their own programs.
CREATE TABLE personal_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    owner_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    -- Slugs with spaces between them.
    scopes     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX personal_tokens_by_owner ON personal_tokens (owner_id, created_at);

-- Who may do what again when, by the generic cell rate algorithm: one moment for each bucket.
CREATE TABLE rate_limits (
    bucket  TEXT   NOT NULL PRIMARY KEY,
    free_at BIGINT NOT NULL
);
CREATE INDEX rate_limits_by_time ON rate_limits (free_at);

-- What was answered to a creating call, so that its repetition creates nothing again.
CREATE TABLE idempotent_calls (
    owner_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The caller's key.
    key        TEXT   NOT NULL,
    -- SHA-256 of what was asked.
    request    TEXT   NOT NULL,
    -- 0 while it is being answered.
    status     BIGINT NOT NULL,
    answer     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, key)
);
CREATE INDEX idempotent_calls_by_time ON idempotent_calls (created_at);
