-- What all servers on one database have in common: keys that seal what a page carries, the content that was published
-- last. Backups leave it out, because a server without it makes it anew.
CREATE TABLE shared (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL
);
