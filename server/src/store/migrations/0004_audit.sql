-- The audit trail: who tried what, and how it ended. Rows are only ever added; each carries a hash over itself and the row before. No text of any
-- document stands here. `document` is the id at that time and refers to nothing: a restore gives documents new ids, and the trail stays as it was.
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    times INTEGER NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    verb TEXT NOT NULL,
    document TEXT NOT NULL,
    meeting TEXT NOT NULL,
    result TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;

CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
