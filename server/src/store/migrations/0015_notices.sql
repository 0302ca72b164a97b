-- Whom a comment mentions. JSON: [{account, name}], the name as it was then.
ALTER TABLE comment ADD COLUMN mentions TEXT NOT NULL DEFAULT '[]';

-- What concerns a person and is to be told by mail, once for each cause. Several become one mail; done is when they did, or were not needed any more.
CREATE TABLE notice (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('mention', 'reply', 'proposal', 'decision')),
    -- The comment, proposal or decision.
    cause TEXT NOT NULL,
    meeting TEXT NOT NULL REFERENCES meeting (id),
    item TEXT NOT NULL,
    -- The thread or proposal it is about.
    place TEXT NOT NULL,
    -- Who did it.
    actor TEXT NOT NULL,
    actor_org TEXT NOT NULL,
    created INTEGER NOT NULL,
    done INTEGER,
    UNIQUE (cause, account)
) STRICT;

CREATE INDEX notice_open ON notice (created) WHERE done IS NULL;

-- What a mail says of itself beside its text: who stands behind it, and what it belongs to in a mail program.
ALTER TABLE outbox ADD COLUMN sender TEXT;
ALTER TABLE outbox ADD COLUMN thread TEXT;
