-- People and how they sign in. Times are UTC milliseconds, flags 0 or 1, identifiers UUIDv7 as text.
CREATE TABLE accounts (
    id            TEXT   NOT NULL PRIMARY KEY,
    email         TEXT   NOT NULL,
    email_key     TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    standing      TEXT   NOT NULL,
    -- Sessions remember the value they started with; raising it ends them all.
    session_epoch BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);

-- The SHA-256 of the link that creates the first administrator; at most one row.
CREATE TABLE setup_tokens (
    slot       BIGINT NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
