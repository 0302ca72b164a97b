-- Items in documents of their own: what a document held of an item that moved to another one, so that what clients still write there is refused
-- instead of being lost; and the documents of a meeting by the meeting.
CREATE TABLE withdrawn (
    document TEXT NOT NULL REFERENCES document (id),
    client INTEGER NOT NULL,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (document, client, first)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX document_of_item ON document (meeting, item) WHERE kind = 'item';
