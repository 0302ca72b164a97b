-- What organisations think of a proposal: one row each, the last word counts. Without a stance it was taken back.
CREATE TABLE support (
    proposal TEXT NOT NULL REFERENCES proposal (id),
    organisation TEXT NOT NULL,
    stance TEXT CHECK (stance IN ('agree', 'remark', 'discuss', 'disagree')),
    remark TEXT NOT NULL,
    user TEXT NOT NULL,
    given_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (proposal, organisation)
) STRICT, WITHOUT ROWID;
