-- Which model an administrator gave which role, over the configuration.
CREATE TABLE model_roles (
    role  TEXT NOT NULL PRIMARY KEY,
    -- The model's name; empty for the built-in coach.
    model TEXT NOT NULL
);
