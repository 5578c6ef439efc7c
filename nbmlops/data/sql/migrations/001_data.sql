-- Append-only facts, as those of tracking: what can change is rows (ns, session_id, n), the newest wins in the views.
-- What a version is made of (digests, chunks, how its object is given back) stands in its manifest, a blob.
CREATE TABLE _nbm.data_commits (
    version_id VARCHAR NOT NULL, dataset VARCHAR NOT NULL, kind VARCHAR NOT NULL, content_id VARCHAR NOT NULL,
    schema_id VARCHAR, form_id VARCHAR, rows BIGINT, columns BIGINT, files BIGINT, size_bytes BIGINT, new_bytes BIGINT,
    mode VARCHAR NOT NULL, message VARCHAR, parents VARCHAR[], key VARCHAR[], source VARCHAR, sha256 VARCHAR,
    run_id VARCHAR, execution_id VARCHAR, ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.data_numbers (version_id VARCHAR NOT NULL, dataset VARCHAR NOT NULL, number BIGINT NOT NULL);
-- a branch moves, a tag is set once; no version: it was taken away
CREATE TABLE _nbm.data_ref_moves (
    dataset VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, version_id VARCHAR,
    ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.data_blobs (version_id VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, size_bytes BIGINT);
CREATE TABLE _nbm.data_dropped (version_id VARCHAR NOT NULL, ns BIGINT NOT NULL);
CREATE TABLE _nbm.data_columns (
    version_id VARCHAR NOT NULL, place INTEGER NOT NULL, name VARCHAR NOT NULL, type VARCHAR NOT NULL, column_id VARCHAR NOT NULL
);
-- equal columns of any versions have one profile
CREATE TABLE _nbm.data_column_profiles (column_id VARCHAR NOT NULL, profile VARCHAR NOT NULL);
CREATE TABLE _nbm.data_edges (
    run_id VARCHAR NOT NULL, execution_id VARCHAR, version_id VARCHAR, role VARCHAR NOT NULL, variable VARCHAR,
    source VARCHAR, content_id VARCHAR, ns BIGINT NOT NULL
);
