-- People who asked for their account to be removed, and when that is done unless they come back.
CREATE TABLE departures (
    owner_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    due_at   BIGINT NOT NULL
);

CREATE INDEX departures_by_time ON departures (due_at);
