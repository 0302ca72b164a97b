-- The snapshot before the last is kept, with the updates after it: should the last turn out damaged, nothing is lost.
CREATE TABLE snapshots (
    document TEXT NOT NULL REFERENCES document (id),
    revision INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, revision)
) STRICT;

INSERT INTO snapshots SELECT document, revision, checksum, bytes FROM snapshot;
DROP TABLE snapshot;
ALTER TABLE snapshots RENAME TO snapshot;

-- Ids of documents that ended when a backup was restored: a replica of one is never merged again.
CREATE TABLE gone (
    document TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
