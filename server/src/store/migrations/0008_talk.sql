-- What people say beside the text. Times are milliseconds since 1970 (UTC). Names stand as they were when it was said.
-- seq is the meeting's count of changes: what is above a reader's cursor is new to them.
CREATE TABLE talk (
    meeting TEXT NOT NULL PRIMARY KEY REFERENCES meeting (id),
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE thread (
    id TEXT NOT NULL PRIMARY KEY,
    meeting TEXT NOT NULL REFERENCES meeting (id),
    document TEXT NOT NULL REFERENCES document (id),
    item TEXT NOT NULL,
    field TEXT,
    -- JSON; was is the first one, never overwritten.
    anchor TEXT,
    was TEXT,
    user TEXT NOT NULL,
    author TEXT NOT NULL,
    author_org TEXT NOT NULL,
    author_hue INTEGER NOT NULL,
    created INTEGER NOT NULL,
    resolved INTEGER NOT NULL DEFAULT 0,
    resolved_by TEXT,
    resolved_org TEXT,
    resolved_hue INTEGER,
    resolved_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX thread_by_meeting ON thread (meeting, seq);

CREATE TABLE comment (
    id TEXT NOT NULL PRIMARY KEY,
    thread TEXT NOT NULL REFERENCES thread (id),
    meeting TEXT NOT NULL REFERENCES meeting (id),
    user TEXT NOT NULL,
    author TEXT NOT NULL,
    author_org TEXT NOT NULL,
    author_hue INTEGER NOT NULL,
    on_behalf TEXT,
    body TEXT NOT NULL,
    created INTEGER NOT NULL,
    edited INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

CREATE INDEX comment_by_meeting ON comment (meeting, seq);
CREATE INDEX comment_by_thread ON comment (thread, created);

-- What a comment said before it was changed. Deleting a comment deletes it here too.
CREATE TABLE comment_text (
    comment TEXT NOT NULL REFERENCES comment (id),
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (comment, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE read_thread (
    user TEXT NOT NULL,
    thread TEXT NOT NULL REFERENCES thread (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (user, thread)
) STRICT, WITHOUT ROWID;
