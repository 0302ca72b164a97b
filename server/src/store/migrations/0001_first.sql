-- A document's history: one snapshot and the updates after it. Bytes are opaque here; checksums are CRC-32 over document, revision and bytes.
CREATE TABLE document (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

CREATE TABLE log (
    document TEXT NOT NULL REFERENCES document (id),
    revision INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, revision)
) STRICT;

CREATE TABLE snapshot (
    document TEXT NOT NULL PRIMARY KEY REFERENCES document (id),
    revision INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Whose a client id is, from its first use on.
CREATE TABLE client (
    document TEXT NOT NULL REFERENCES document (id),
    client INTEGER NOT NULL,
    user TEXT NOT NULL,
    PRIMARY KEY (document, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE forum (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

-- title to items repeat what the document says, for the list; the document decides.
CREATE TABLE meeting (
    id TEXT NOT NULL PRIMARY KEY,
    forum TEXT NOT NULL REFERENCES forum (id),
    document TEXT NOT NULL UNIQUE REFERENCES document (id),
    phase TEXT NOT NULL,
    title TEXT NOT NULL,
    date TEXT,
    start_time TEXT,
    end_time TEXT,
    place TEXT,
    items INTEGER NOT NULL,
    created INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    deleted_at INTEGER
) STRICT;

CREATE INDEX meeting_by_forum ON meeting (forum, date);

CREATE TABLE participant (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT,
    role TEXT,
    status TEXT NOT NULL,
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    position INTEGER NOT NULL,
    item TEXT NOT NULL,
    number TEXT,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;

-- Organisations in order of joining: the order gives their colour.
CREATE TABLE organisation (
    name TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
