-- What a forum sets for its meetings: one row, as JSON, changed as a whole by whoever saw its newest version.
CREATE TABLE forum_template (
    forum TEXT NOT NULL PRIMARY KEY REFERENCES forum (id),
    version INTEGER NOT NULL,
    template TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The people of a meeting get ids and versions, so that each can be changed on its own.
CREATE TABLE participant_row (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    id TEXT NOT NULL DEFAULT (lower(hex(randomblob(10)))),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT,
    role TEXT,
    status TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (meeting, id)
) STRICT, WITHOUT ROWID;

INSERT INTO participant_row (meeting, position, name, organisation, role, status)
SELECT meeting, position, name, organisation, role, status FROM participant;
DROP TABLE participant;
ALTER TABLE participant_row RENAME TO participant;
