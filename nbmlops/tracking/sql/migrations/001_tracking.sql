-- Append-only facts. No primary keys, no indexes: they multiply the size of bulk tables,
-- and the offsets in _nbm.journals already make every record arrive exactly once.
-- Fields that can change are rows (ns, session_id, n); the newest wins, in the views.
CREATE TABLE _nbm.sessions (
    session_id VARCHAR NOT NULL, ns BIGINT NOT NULL, n BIGINT NOT NULL,
    kernel_id VARCHAR, frontend VARCHAR, host VARCHAR, user_name VARCHAR, pid BIGINT,
    notebook VARCHAR, notebook_source VARCHAR, cwd VARCHAR, python VARCHAR,
    parent_session_id VARCHAR, parent_run_id VARCHAR
);
CREATE TABLE _nbm.executions_begun (
    execution_id VARCHAR NOT NULL, session_id VARCHAR NOT NULL, ns BIGINT NOT NULL,
    cell_id VARCHAR, cell_id_source VARCHAR, source VARCHAR, source_digest VARCHAR,
    source_sha256 VARCHAR, cell_tags VARCHAR[], parent_execution_id VARCHAR, thread VARCHAR
);
CREATE TABLE _nbm.executions_ended (
    execution_id VARCHAR NOT NULL, ns BIGINT NOT NULL, execution_count BIGINT,
    duration_s DOUBLE, status VARCHAR NOT NULL, error_name VARCHAR, error_message VARCHAR
);
CREATE TABLE _nbm.cells_deleted (session_id VARCHAR NOT NULL, cell_id VARCHAR NOT NULL, ns BIGINT NOT NULL);
CREATE TABLE _nbm.runs_begun (
    run_id VARCHAR NOT NULL, session_id VARCHAR NOT NULL, ns BIGINT NOT NULL,
    name VARCHAR, experiment VARCHAR NOT NULL, kind VARCHAR NOT NULL, parent_run_id VARCHAR,
    execution_id VARCHAR, cell_id VARCHAR, notebook VARCHAR, ordinal INTEGER, seed BIGINT
);
CREATE TABLE _nbm.runs_ended (
    run_id VARCHAR NOT NULL, session_id VARCHAR NOT NULL, ns BIGINT NOT NULL, n BIGINT NOT NULL,
    status VARCHAR NOT NULL, duration_s DOUBLE, error_name VARCHAR, error_message VARCHAR
);
-- a resume is a later fact that an end: the newest of both decides the status
CREATE TABLE _nbm.runs_resumed (run_id VARCHAR NOT NULL, session_id VARCHAR NOT NULL, ns BIGINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE _nbm.run_fields (
    run_id VARCHAR NOT NULL, field VARCHAR NOT NULL, value VARCHAR,
    ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.run_executions (run_id VARCHAR NOT NULL, execution_id VARCHAR NOT NULL);
CREATE TABLE _nbm.run_numbers (run_id VARCHAR NOT NULL, number BIGINT NOT NULL);
CREATE TABLE _nbm.params (
    run_id VARCHAR NOT NULL, key VARCHAR NOT NULL, value VARCHAR NOT NULL, number DOUBLE,
    origin VARCHAR NOT NULL, ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.metrics (
    run_id VARCHAR NOT NULL, key VARCHAR NOT NULL, step DOUBLE, value DOUBLE, logged_at TIMESTAMP
);
-- One row a run, key and ingest: listing runs adds these up and never scans _nbm.metrics.
CREATE TABLE _nbm.metric_partials (
    run_id VARCHAR NOT NULL, key VARCHAR NOT NULL, count BIGINT NOT NULL, finite BIGINT NOT NULL,
    last DOUBLE, last_step DOUBLE, last_ns BIGINT, min DOUBLE, max DOUBLE, sum DOUBLE
);
CREATE TABLE _nbm.metric_goals (
    experiment VARCHAR NOT NULL, key VARCHAR NOT NULL, goal VARCHAR NOT NULL,
    ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.series (
    run_id VARCHAR NOT NULL, key VARCHAR NOT NULL, step DOUBLE, kind VARCHAR NOT NULL,
    text VARCHAR, sha256 VARCHAR, mime VARCHAR, size_bytes BIGINT, logged_at TIMESTAMP
);
CREATE TABLE _nbm.tags (
    run_id VARCHAR NOT NULL, key VARCHAR NOT NULL, value VARCHAR,
    ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.outputs (
    execution_id VARCHAR NOT NULL, run_id VARCHAR, seq BIGINT NOT NULL, kind VARCHAR NOT NULL,
    name VARCHAR, mime VARCHAR, text VARCHAR, sha256 VARCHAR, size_bytes BIGINT,
    is_truncated BOOLEAN, is_late BOOLEAN, is_cleared BOOLEAN, updates BIGINT, display_id VARCHAR,
    ns BIGINT NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.artifacts (
    run_id VARCHAR NOT NULL, path VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, size_bytes BIGINT,
    mime VARCHAR, ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE _nbm.environments (
    environment_id VARCHAR NOT NULL, python VARCHAR, platform VARCHAR, packages MAP(VARCHAR, VARCHAR),
    extra VARCHAR
);
CREATE TABLE _nbm.settings (
    name VARCHAR NOT NULL, value VARCHAR, ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
