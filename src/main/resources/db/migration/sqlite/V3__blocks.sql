-- What is switched off. Times are milliseconds since 1970; an empty issuer stands for any.
CREATE TABLE blocks (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
);

CREATE TRIGGER blocks_added AFTER INSERT ON blocks
BEGIN
    UPDATE changes SET counter = counter + 1;
END;

CREATE TRIGGER blocks_lifted AFTER DELETE ON blocks
BEGIN
    UPDATE changes SET counter = counter + 1;
END;
