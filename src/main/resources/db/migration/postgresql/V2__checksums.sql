-- Of the whole object, in hex, as sha256 is.
ALTER TABLE files ADD COLUMN crc32c TEXT;
ALTER TABLE files ADD COLUMN crc32 TEXT;
