-- What all servers on one database count together. One server alone counts in memory, so that it stays empty.
CREATE TABLE budgets (
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (kind, client)
);
