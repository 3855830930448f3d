-- Times are milliseconds since 1970-01-01T00:00:00Z. Records that the program reads whole are JSON in TEXT.

CREATE TABLE conversations (
    id TEXT PRIMARY KEY NOT NULL,
    locale TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    turns BIGINT NOT NULL,
    dialogue TEXT NOT NULL
);
CREATE INDEX conversations_by_last ON conversations (last_at);

CREATE TABLE turns (
    id TEXT PRIMARY KEY NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    said TEXT NOT NULL,
    kind TEXT NOT NULL,
    matched_by TEXT NOT NULL,
    rule TEXT NOT NULL,
    article_id TEXT NOT NULL,
    reply TEXT NOT NULL,
    matched TEXT NOT NULL,
    dialogue_before TEXT NOT NULL
);
CREATE INDEX turns_by_conversation ON turns (conversation_id, at, id);
CREATE INDEX turns_by_time ON turns (at, kind);

-- How far each journal of turns has been taken into the tables.
CREATE TABLE journals (
    file TEXT PRIMARY KEY NOT NULL,
    committed BIGINT NOT NULL
);

CREATE TABLE feedback (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    article_id TEXT NOT NULL,
    conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
    helpful BOOLEAN NOT NULL,
    comment TEXT NOT NULL
);
CREATE INDEX feedback_by_time ON feedback (at);
CREATE INDEX feedback_by_conversation ON feedback (conversation_id);

CREATE TABLE searches (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    query TEXT NOT NULL,
    corrected TEXT NOT NULL,
    total BIGINT NOT NULL,
    took_us BIGINT NOT NULL,
    results TEXT NOT NULL
);
CREATE INDEX searches_by_time ON searches (at, total);

CREATE TABLE clicks (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    query TEXT NOT NULL,
    article_id TEXT NOT NULL
);
CREATE INDEX clicks_by_query ON clicks (query, at);
CREATE INDEX clicks_by_time ON clicks (at);

CREATE TABLE agents (
    name TEXT PRIMARY KEY NOT NULL,
    role TEXT NOT NULL,
    -- Empty for those who sign in elsewhere.
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_login_at BIGINT
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (name) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_agent ON sessions (agent);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tickets (
    id TEXT PRIMARY KEY NOT NULL,
    conversation_id TEXT REFERENCES conversations (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    state TEXT NOT NULL,
    assignee TEXT REFERENCES agents (name) ON DELETE SET NULL,
    contact TEXT NOT NULL,
    note TEXT NOT NULL,
    articles TEXT NOT NULL,
    codes TEXT NOT NULL,
    draft TEXT NOT NULL
);
CREATE INDEX tickets_by_state ON tickets (state, created_at);
CREATE INDEX tickets_by_conversation ON tickets (conversation_id);
CREATE INDEX tickets_by_assignee ON tickets (assignee);

CREATE TABLE ticket_events (
    id TEXT PRIMARY KEY NOT NULL,
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX ticket_events_by_ticket ON ticket_events (ticket_id, at, id);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    delivered_at BIGINT,
    last_error TEXT NOT NULL
);
CREATE INDEX outbox_by_next ON outbox (state, next_at);
CREATE INDEX outbox_by_ticket ON outbox (ticket_id);

-- The agent's name is text: the entry outlives the account.
CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_action ON audit (action, subject, at);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
