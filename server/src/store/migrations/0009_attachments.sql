-- Attachments get an id of their own and may have a file. Its bytes stand in the folder of files under their SHA-256, in hex; a row never names a file
-- that is not on disk. Times are milliseconds since 1970 (UTC). What an import named has no user, no author and no time.
ALTER TABLE attachment RENAME TO attachment_before;

CREATE TABLE attachment (
    id TEXT NOT NULL PRIMARY KEY,
    meeting TEXT NOT NULL REFERENCES meeting (id),
    item TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- The number that was fixed. Without one it follows from the place if numbered is 1; else there is none.
    number TEXT,
    numbered INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('vedlagt', 'eftersendes', 'omtalt')),
    file_name TEXT,
    media_type TEXT,
    size INTEGER,
    sha256 TEXT,
    user TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '',
    author_org TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    -- It can be restored until it is swept away.
    deleted_at INTEGER,
    CHECK ((sha256 IS NULL) = (size IS NULL) AND (sha256 IS NULL) = (file_name IS NULL) AND (sha256 IS NULL) = (media_type IS NULL))
) STRICT;

INSERT INTO attachment (id, meeting, item, position, number, title, status)
SELECT lower(hex(randomblob(10))), meeting, item, position, number, title, status FROM attachment_before;

DROP TABLE attachment_before;

CREATE INDEX attachment_by_meeting ON attachment (meeting, position);
CREATE INDEX attachment_by_file ON attachment (sha256) WHERE sha256 IS NOT NULL;
