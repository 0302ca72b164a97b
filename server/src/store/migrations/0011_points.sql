-- What organisations think of the points of recommendations, and what came of each point. The last word counts; every word before it is kept.
CREATE TABLE position (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    item TEXT NOT NULL,
    point TEXT NOT NULL,
    organisation TEXT NOT NULL,
    stance TEXT NOT NULL CHECK (stance IN ('agree', 'remark', 'discuss', 'disagree')),
    remark TEXT NOT NULL,
    user TEXT NOT NULL,
    given_by TEXT NOT NULL,
    -- The point's words when it was given.
    wording TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (meeting, item, point, organisation)
) STRICT, WITHOUT ROWID;

CREATE TABLE position_log (
    id INTEGER NOT NULL PRIMARY KEY,
    meeting TEXT NOT NULL,
    item TEXT NOT NULL,
    point TEXT NOT NULL,
    organisation TEXT NOT NULL,
    stance TEXT NOT NULL,
    remark TEXT NOT NULL,
    user TEXT NOT NULL,
    given_by TEXT NOT NULL,
    wording TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE outcome (
    meeting TEXT NOT NULL REFERENCES meeting (id),
    item TEXT NOT NULL,
    point TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('approved', 'noted', 'discussed', 'postponed', 'rejected', 'withdrawn')),
    set_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (meeting, item, point)
) STRICT, WITHOUT ROWID;
