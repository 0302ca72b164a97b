-- Signing in, and mail.
ALTER TABLE account ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN locale TEXT;

CREATE INDEX session_of_account ON session (account);
CREATE INDEX link_of_account ON link (account, purpose);
CREATE UNIQUE INDEX credential_password ON credential (account) WHERE kind = 'password';

-- When a mail left. Its body is emptied then.
ALTER TABLE outbox ADD COLUMN sent INTEGER;
