-- Capabilities. Times are milliseconds since 1970; flags are 0 or 1.
CREATE TABLE links (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_digest   TEXT    NOT NULL UNIQUE,
    max_downloads  INTEGER,
    landing        SMALLINT NOT NULL CHECK (landing IN (0, 1)),
    on_behalf_of   TEXT,
    label          TEXT    NOT NULL,
    minter_issuer  TEXT,
    minter_subject TEXT,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    revoked_at     BIGINT,
    cut            SMALLINT NOT NULL CHECK (cut IN (0, 1)),
    downloads      INTEGER NOT NULL,
    opened         INTEGER NOT NULL
);

CREATE INDEX links_by_minter ON links (minter_subject, minter_issuer);
CREATE INDEX links_by_end ON links (expires_at);

CREATE TABLE link_files (
    link_id  TEXT COLLATE "C" NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT,
    file_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (link_id, position)
);

CREATE INDEX link_files_by_file ON link_files (file_id);

-- One client's use of a link; what it was given is runs of bytes of the main file.
CREATE TABLE link_windows (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    link_id       TEXT COLLATE "C" NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    cookie_digest TEXT    NOT NULL,
    client_digest TEXT    NOT NULL,
    cookie_only   SMALLINT NOT NULL CHECK (cookie_only IN (0, 1)),
    opened_at     BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    counted       SMALLINT NOT NULL CHECK (counted IN (0, 1)),
    given         TEXT    NOT NULL
);

CREATE INDEX link_windows_by_link ON link_windows (link_id);
CREATE INDEX link_windows_by_end ON link_windows (ends_at);

-- What runs by a revoked link may have to end, on every instance.
CREATE TRIGGER links_revoked AFTER UPDATE OF revoked_at ON links
FOR EACH STATEMENT EXECUTE FUNCTION count_change();
