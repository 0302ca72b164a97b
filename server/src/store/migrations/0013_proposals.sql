-- Proposals of changed wording. Times are milliseconds since 1970 (UTC). Names stand as they were. Nothing of a proposal stands in a document before
-- it is taken.
CREATE TABLE proposal (
    id TEXT NOT NULL PRIMARY KEY,
    meeting TEXT NOT NULL REFERENCES meeting (id),
    document TEXT NOT NULL REFERENCES document (id),
    item TEXT NOT NULL,
    field TEXT NOT NULL,
    thread TEXT REFERENCES thread (id),
    user TEXT NOT NULL,
    author TEXT NOT NULL,
    author_org TEXT NOT NULL,
    author_hue INTEGER NOT NULL,
    note TEXT NOT NULL,
    -- JSON: the text that was changed, and what it was changed to.
    base TEXT NOT NULL,
    proposed TEXT NOT NULL,
    created INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX proposal_by_meeting ON proposal (meeting, seq);

CREATE TABLE proposal_part (
    proposal TEXT NOT NULL REFERENCES proposal (id),
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- JSON, with the positions of the letters.
    edits TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_org TEXT,
    decided_hue INTEGER,
    decided_at INTEGER,
    reason TEXT,
    decision TEXT,
    PRIMARY KEY (proposal, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    id TEXT NOT NULL PRIMARY KEY,
    proposal TEXT NOT NULL REFERENCES proposal (id),
    user TEXT NOT NULL,
    person TEXT NOT NULL,
    -- JSON: what was asked for, and what takes it back.
    asked TEXT NOT NULL,
    inverse TEXT NOT NULL,
    at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_by TEXT
) STRICT;
