-- Who stands behind a user key, as they last said it, so that text can be shown with its author. The key itself never leaves the server.
CREATE TABLE person (
    user TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    hue INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
