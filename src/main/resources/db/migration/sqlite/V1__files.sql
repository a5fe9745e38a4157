-- Times are milliseconds since 1970; flags are 0 or 1; access is a rule in JSON.
CREATE TABLE files (
    id             TEXT    NOT NULL PRIMARY KEY,
    bucket         TEXT    NOT NULL,
    object_key     TEXT    NOT NULL,
    object_version TEXT,
    opaque         INTEGER NOT NULL CHECK (opaque IN (0, 1)),
    size           INTEGER NOT NULL CHECK (size >= 0),
    etag           TEXT    NOT NULL,
    last_modified  INTEGER NOT NULL,
    sha256         TEXT,
    name           TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    disposition    TEXT    NOT NULL,
    delivery       TEXT    NOT NULL,
    harmless_name  INTEGER NOT NULL CHECK (harmless_name IN (0, 1)),
    access         TEXT    NOT NULL,
    expires_at     INTEGER,
    state          TEXT    NOT NULL CHECK (state IN ('active', 'revoked')),
    created_at     INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    import_key     TEXT    UNIQUE
);

CREATE INDEX files_by_age ON files (created_at, id);

-- Counts the changes that caches must hear of.
CREATE TABLE changes (
    counter INTEGER NOT NULL
);

INSERT INTO changes (counter) VALUES (0);

CREATE TRIGGER files_changed AFTER UPDATE ON files
BEGIN
    UPDATE changes SET counter = counter + 1;
END;

CREATE TRIGGER files_removed AFTER DELETE ON files
BEGIN
    UPDATE changes SET counter = counter + 1;
END;
