-- What can be searched: a row for each title, section and comment, with the text it is shown from. rowid is the day of the meeting times 2^20 plus a
-- running number, so that the newest come first and old meetings that are imported later fall in place.
CREATE TABLE search_row (
    id INTEGER NOT NULL PRIMARY KEY,
    document TEXT NOT NULL REFERENCES document (id),
    meeting TEXT NOT NULL REFERENCES meeting (id),
    item TEXT NOT NULL,
    -- The section or the comment; empty for a title.
    part TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('title', 'text', 'decision', 'comment')),
    number TEXT NOT NULL,
    heading TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX search_row_by_document ON search_row (document, kind, item, part);

-- Which documents are in it, so that a database of an older version is taken in at the next start.
CREATE TABLE indexed (
    document TEXT NOT NULL PRIMARY KEY REFERENCES document (id)
) STRICT, WITHOUT ROWID;

-- Words and their stems are made in Rust; acl holds the forum, so that rights are part of the query.
CREATE VIRTUAL TABLE search USING fts5 (
    acl, words, stems,
    content = '', contentless_delete = 1, detail = 'column', tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
