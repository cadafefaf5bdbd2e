-- Second steps of signing in. An account with none of them, or with an application that is not confirmed, asks for none.

-- The application that shows codes (RFC 6238): one for an account.
CREATE TABLE authenticator_apps (
    account_id   TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- Sealed with the key of this installation.
    secret       TEXT   NOT NULL,
    -- When a code of it was shown for the first time.
    confirmed_at BIGINT,
    -- The step of the code that was used last: each works once.
    last_step    BIGINT NOT NULL
);

CREATE TABLE passkeys (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- What the person calls it.
    name       TEXT   NOT NULL,
    -- The public key with what belongs to it, as JSON.
    credential TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id, created_at);

-- Codes on paper, each for one use. Only their SHA-256 is here.
CREATE TABLE recovery_codes (
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       TEXT   NOT NULL,
    PRIMARY KEY (account_id, hash)
);
