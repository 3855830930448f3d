-- Searches of one second that are alike are one row.
ALTER TABLE searches ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
