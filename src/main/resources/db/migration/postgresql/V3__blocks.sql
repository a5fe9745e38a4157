-- What is switched off. Times are milliseconds since 1970; an empty issuer stands for any.
CREATE TABLE blocks (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    issuer     TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE TRIGGER blocks_changed AFTER INSERT OR UPDATE OR DELETE ON blocks
FOR EACH STATEMENT EXECUTE FUNCTION count_change();
