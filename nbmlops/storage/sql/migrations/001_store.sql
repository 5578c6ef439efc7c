CREATE SCHEMA IF NOT EXISTS _nbm;
CREATE TABLE _nbm.meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE _nbm.migrations (
    slice VARCHAR NOT NULL, number INTEGER NOT NULL, name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL, nbmlops VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL
);
-- One row a journal, never removed: the offset makes ingest exactly-once, whoever does it.
CREATE TABLE _nbm.journals (
    journal_id VARCHAR NOT NULL, session_id VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,             -- everything before this offset is in the tables
    last_ns BIGINT NOT NULL,           -- wall time of the newest record ingested
    is_alive BOOLEAN NOT NULL,         -- the writer held its lock when last looked at
    is_complete BOOLEAN NOT NULL       -- writer gone, everything ingested, file archived
);
CREATE TABLE _nbm.quarantine (
    journal_id VARCHAR NOT NULL, byte_offset BIGINT NOT NULL, bytes BIGINT NOT NULL,
    reason VARCHAR NOT NULL, noticed_at TIMESTAMP NOT NULL
);
-- What was forgotten stays forgotten: every ingest sweeps these ids, archives are scrubbed of them.
CREATE TABLE _nbm.forgotten (target_id VARCHAR NOT NULL, what VARCHAR NOT NULL, ns BIGINT NOT NULL);
-- Large values, only in files made by pack; elsewhere they lie in the blobs folder.
-- They come in parts of some megabytes: a row of many gigabytes fits no memory.
CREATE TABLE _nbm.blobs (sha256 VARCHAR NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL);
