-- Which mails about what concerns them people do not want, by the kind of notice.
CREATE TABLE mail_off (
    account TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('mention', 'reply', 'proposal', 'decision')),
    PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;
