-- Times are milliseconds since 1970; flags are 0 or 1; access is a rule in JSON.
-- IDs sort by byte, as they do everywhere else.
CREATE TABLE files (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bucket         TEXT     NOT NULL,
    object_key     TEXT     NOT NULL,
    object_version TEXT,
    opaque         SMALLINT NOT NULL CHECK (opaque IN (0, 1)),
    size           BIGINT   NOT NULL CHECK (size >= 0),
    etag           TEXT     NOT NULL,
    last_modified  BIGINT   NOT NULL,
    sha256         TEXT,
    name           TEXT     NOT NULL,
    type           TEXT     NOT NULL,
    disposition    TEXT     NOT NULL,
    delivery       TEXT     NOT NULL,
    harmless_name  SMALLINT NOT NULL CHECK (harmless_name IN (0, 1)),
    access         TEXT     NOT NULL,
    expires_at     BIGINT,
    state          TEXT     NOT NULL CHECK (state IN ('active', 'revoked')),
    created_at     BIGINT   NOT NULL,
    revision       BIGINT   NOT NULL,
    import_key     TEXT     UNIQUE
);

CREATE INDEX files_by_age ON files (created_at, id);

-- Counts the changes that caches must hear of. A sequence would not do: it moves before the commit.
CREATE TABLE changes (
    counter BIGINT NOT NULL
);

INSERT INTO changes (counter) VALUES (0);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE changes SET counter = counter + 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER files_changed AFTER UPDATE OR DELETE ON files
FOR EACH STATEMENT EXECUTE FUNCTION count_change();
