-- What happened for a person, in order, kept a day for connections that come back.
CREATE TABLE event_counters (
    owner_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    latest   BIGINT NOT NULL
);

CREATE TABLE events (
    owner_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Counted from 1 for each person, without gaps.
    number     BIGINT NOT NULL,
    topic      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    data       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, number)
);

CREATE INDEX events_by_time ON events (created_at);
