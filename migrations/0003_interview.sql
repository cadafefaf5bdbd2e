-- Rehearsed interviews, the questions asked in them and the conversation.
CREATE TABLE interviews (
    id              TEXT   NOT NULL PRIMARY KEY,
    owner_id        TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role            TEXT   NOT NULL,
    level           TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    mode            TEXT   NOT NULL,
    questions       BIGINT NOT NULL,
    job_description TEXT,
    status          TEXT   NOT NULL,
    -- Raised by every change; a change based on an older one is refused.
    version         BIGINT NOT NULL,
    -- An answer that could not be accepted, kept so that it can be mended.
    draft           TEXT   NOT NULL,
    -- Mean of the graded answers so far, 0 to 100, and how many questions have an answer.
    overall         BIGINT,
    answered        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    active_at       BIGINT NOT NULL
);

CREATE INDEX interviews_by_owner ON interviews (owner_id, created_at);
CREATE INDEX interviews_by_activity ON interviews (status, active_at);

CREATE TABLE interview_questions (
    interview_id TEXT   NOT NULL REFERENCES interviews (id) ON DELETE CASCADE,
    position     BIGINT NOT NULL,
    -- The question as it was when it was asked.
    question     TEXT   NOT NULL,
    -- Indexes of the key points that were followed up.
    followed_up  TEXT   NOT NULL,
    -- The grade of all answers to it together.
    grade        TEXT,
    skipped      BIGINT NOT NULL,
    PRIMARY KEY (interview_id, position)
);

CREATE TABLE interview_messages (
    interview_id TEXT   NOT NULL REFERENCES interviews (id) ON DELETE CASCADE,
    turn         BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    question     TEXT,
    wording      TEXT   NOT NULL,
    pending      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (interview_id, turn)
);
