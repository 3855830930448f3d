-- How much a client has asked for of what all servers on one database count together: the instant, in microseconds since
-- 1970 by the database's clock, at which its whole budget is there again. A crash may forget it, and backups leave it out.
CREATE UNLOGGED TABLE budgets (
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (kind, client)
);
