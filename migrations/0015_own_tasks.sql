-- Whose work a task is, if it is somebody's: that person hears how it goes. It goes with the person.
ALTER TABLE tasks ADD COLUMN owner_id TEXT REFERENCES accounts (id) ON DELETE CASCADE;
CREATE INDEX tasks_by_owner ON tasks (owner_id);

-- Mails that have not left are counted whenever somebody asks how the server is.
CREATE INDEX mails_unsent ON mails (state, created_at) WHERE state IN ('waiting', 'failed');
