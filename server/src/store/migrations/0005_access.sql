-- People: accounts, their memberships of forums, and the ways in. Times are milliseconds since 1970 (UTC).
ALTER TABLE organisation ADD COLUMN short TEXT;

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    -- Trimmed and in small letters: what a person types to sign in.
    email_key TEXT UNIQUE,
    organisation TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    administrator INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    seen INTEGER
) STRICT;

-- A membership that ended is kept: who had which right when is asked years later.
CREATE TABLE membership (
    id TEXT NOT NULL PRIMARY KEY,
    forum TEXT NOT NULL REFERENCES forum (id),
    account TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL CHECK (role IN ('reader', 'commenter', 'editor', 'secretariat', 'chair')),
    created INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE UNIQUE INDEX membership_now ON membership (forum, account) WHERE ended_at IS NULL;

CREATE TABLE credential (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('password')),
    data TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER
) STRICT;

-- secret is the SHA-256 of what the cookie holds; id is what lists and sockets name.
CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES account (id),
    made_by TEXT NOT NULL,
    agent TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- A link sent by mail: good once, by POST.
CREATE TABLE link (
    secret BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES account (id),
    -- SHA-256 of the cookie of the browser that asked, and the code that is good in it.
    request BLOB,
    code TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES account (id),
    label TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- Mail that is to leave, or has left. Bodies may hold links: they are emptied once the mail has left.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT REFERENCES account (id),
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT
) STRICT;

CREATE INDEX outbox_waiting ON outbox (not_before) WHERE state = 'waiting';

-- Which meeting a document belongs to, and whether it is the meeting's own document or that of one item.
ALTER TABLE document ADD COLUMN kind TEXT NOT NULL DEFAULT 'meeting' CHECK (kind IN ('meeting', 'item'));
ALTER TABLE document ADD COLUMN meeting TEXT REFERENCES meeting (id);
ALTER TABLE document ADD COLUMN item TEXT;
UPDATE document SET meeting = (SELECT meeting.id FROM meeting WHERE meeting.document = document.id);

-- Counts changes of what rights are made of, in three parts. Whoever was judged under older numbers is judged again in the commit.
CREATE TABLE generation (
    part TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO generation (part, value) VALUES ('people', 1), ('meetings', 1), ('sessions', 1);

CREATE TRIGGER people_1 AFTER INSERT ON account BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;
CREATE TRIGGER people_2 AFTER UPDATE OF name, organisation, email, state, administrator ON account
BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;
CREATE TRIGGER people_3 AFTER DELETE ON account BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;
CREATE TRIGGER people_4 AFTER INSERT ON membership BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;
CREATE TRIGGER people_5 AFTER UPDATE ON membership BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;
CREATE TRIGGER people_6 AFTER DELETE ON membership BEGIN UPDATE generation SET value = value + 1 WHERE part = 'people'; END;

CREATE TRIGGER meetings_1 AFTER INSERT ON meeting BEGIN UPDATE generation SET value = value + 1 WHERE part = 'meetings'; END;
CREATE TRIGGER meetings_2 AFTER UPDATE OF forum, document, phase, deleted_at ON meeting
BEGIN UPDATE generation SET value = value + 1 WHERE part = 'meetings'; END;
CREATE TRIGGER meetings_3 AFTER DELETE ON meeting BEGIN UPDATE generation SET value = value + 1 WHERE part = 'meetings'; END;
CREATE TRIGGER meetings_4 AFTER UPDATE OF id, kind, meeting, item ON document
BEGIN UPDATE generation SET value = value + 1 WHERE part = 'meetings'; END;
CREATE TRIGGER meetings_5 AFTER DELETE ON document BEGIN UPDATE generation SET value = value + 1 WHERE part = 'meetings'; END;

CREATE TRIGGER sessions_1 AFTER INSERT ON session BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;
CREATE TRIGGER sessions_2 AFTER UPDATE ON session BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;
CREATE TRIGGER sessions_3 AFTER DELETE ON session BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;
CREATE TRIGGER sessions_4 AFTER INSERT ON token BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;
CREATE TRIGGER sessions_5 AFTER UPDATE ON token BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;
CREATE TRIGGER sessions_6 AFTER DELETE ON token BEGIN UPDATE generation SET value = value + 1 WHERE part = 'sessions'; END;

-- Form 2 of the audit trail: the clear name stands beside the row, so that it can be erased without breaking the chain. In rows of form 2 the
-- columns name and organisation are empty, and who is SHA-256 over salt, name and organisation.
ALTER TABLE audit ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN who BLOB;
ALTER TABLE audit ADD COLUMN session TEXT;
ALTER TABLE audit ADD COLUMN phase TEXT;
ALTER TABLE audit ADD COLUMN object TEXT;

CREATE TABLE audit_person (
    id INTEGER NOT NULL PRIMARY KEY,
    salt BLOB NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL
) STRICT;
