-- Which quota of tokens an account has; the quotas stand in the configuration.
ALTER TABLE accounts ADD COLUMN plan TEXT NOT NULL DEFAULT 'standard';

-- What generated text took in tokens, by day (its beginning, in UTC), account, feature and model.
CREATE TABLE generation_use (
    day        BIGINT NOT NULL,
    -- Empty for programs, and for accounts that are no more: what was taken stays counted.
    owner_id   TEXT   NOT NULL,
    feature    TEXT   NOT NULL,
    model      TEXT   NOT NULL,
    requests   BIGINT NOT NULL,
    -- Requests answered with a kept answer, and those without a regular end.
    repeats    BIGINT NOT NULL,
    unfinished BIGINT NOT NULL,
    prompt     BIGINT NOT NULL,
    reused     BIGINT NOT NULL,
    written    BIGINT NOT NULL,
    PRIMARY KEY (owner_id, day, feature, model)
);

CREATE INDEX generation_use_by_day ON generation_use (day);

-- Answers to repeatable requests. The request itself is not kept, only the SHA-256 of its model,
-- person, prompt and input.
CREATE TABLE generation_answers (
    request  TEXT   NOT NULL PRIMARY KEY,
    -- Whom the answer is about; nobody for public material.
    owner_id TEXT   REFERENCES accounts (id) ON DELETE CASCADE,
    answer   TEXT   NOT NULL,
    -- Tokens of the prompt.
    prompt   BIGINT NOT NULL,
    -- Bytes that the row takes, about.
    size     BIGINT NOT NULL,
    used_at  BIGINT NOT NULL
);

CREATE INDEX generation_answers_by_owner ON generation_answers (owner_id);
CREATE INDEX generation_answers_by_use ON generation_answers (used_at);
