-- How people are known at sign-in providers.
CREATE TABLE identities (
    id         TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The provider's name in the configuration.
    provider   TEXT   NOT NULL,
    -- Who says who it is, and by which name, which is nobody else's.
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    -- The address that the provider told last; empty if none.
    email      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    UNIQUE (issuer, subject),
    -- One of each provider.
    UNIQUE (account_id, provider)
);

-- What lets this installation read somebody's repositories at a provider. Both tokens are sealed with the key of this
-- installation.
CREATE TABLE provider_grants (
    identity_id   TEXT   NOT NULL PRIMARY KEY REFERENCES identities (id) ON DELETE CASCADE,
    access_token  TEXT   NOT NULL,
    refresh_token TEXT,
    -- When the access token ends; nothing for never.
    expires_at    BIGINT,
    created_at    BIGINT NOT NULL
);
