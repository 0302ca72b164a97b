-- What a meeting said when it was sent out, sent for review or approved. Rows are only ever added. `hash` is the SHA-256, in hex, over the hash of
-- the header and the list of items with their salted hashes, so that an item can be withheld later without changing it.
CREATE TABLE version (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    number INTEGER NOT NULL,
    phase TEXT NOT NULL,
    hash TEXT NOT NULL,
    header TEXT NOT NULL,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    -- The approved version that this one takes the place of.
    corrects INTEGER,
    PRIMARY KEY (meeting, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_item (
    meeting TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    item TEXT NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (meeting, version, position),
    FOREIGN KEY (meeting, version) REFERENCES version (meeting, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER version_is_not_changed BEFORE UPDATE ON version BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END;
CREATE TRIGGER version_item_is_not_changed BEFORE UPDATE ON version_item BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END;

-- Which versions the public may read or could. One at a time for each meeting.
CREATE TABLE published (
    id INTEGER NOT NULL PRIMARY KEY,
    meeting TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    withdrawn_at INTEGER,
    FOREIGN KEY (meeting, version) REFERENCES version (meeting, number)
) STRICT;

CREATE UNIQUE INDEX published_now ON published (meeting) WHERE withdrawn_at IS NULL;
