-- Public contract (README: "SQL names"): columns may be added, never renamed or removed.
-- Every changeable field is the newest of its rows by (ns, session_id, n), so the order in
-- which journals were ingested never shows. arg_max passes over NULL: where NULL is a value of
-- its own (a note taken away), it travels inside a struct.
CREATE OR REPLACE VIEW _nbm.run_latest_fields AS
SELECT run_id,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'name')).v AS name,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'experiment')).v AS experiment,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'note')).v AS note,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'deleted')).v AS deleted,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'git_sha')).v AS git_sha,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'git_dirty')).v AS git_dirty,
    (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'environment_id')).v AS environment_id,
    max(ns) FILTER (field = 'deleted') AS deleted_ns
FROM _nbm.run_fields GROUP BY run_id;

-- Time of those parts of a resumed run that nobody lived to end: up to the last sign of life of their process.
CREATE OR REPLACE VIEW _nbm.run_lost_time AS
SELECT run_id, sum(greatest(j.last_ns - starts.ns, 0)) / 1e9 AS lost_s
FROM (
    SELECT run_id, session_id, ns FROM _nbm.runs_begun WHERE run_id IN (SELECT run_id FROM _nbm.runs_resumed)
    UNION ALL SELECT run_id, session_id, ns FROM _nbm.runs_resumed
) starts
JOIN (SELECT session_id, max(last_ns) AS last_ns FROM _nbm.journals GROUP BY session_id) j USING (session_id)
WHERE NOT EXISTS (FROM _nbm.runs_ended e WHERE e.run_id = starts.run_id AND e.session_id = starts.session_id AND e.ns >= starts.ns)
GROUP BY run_id;

CREATE OR REPLACE VIEW _nbm.run_latest_end AS
SELECT run_id, arg_max(status, (ns, session_id, n)) AS status, max(ns) AS ns,
    sum(duration_s) + coalesce(any_value(lost_s), 0) AS duration_s,
    arg_max({'v': error_name}, (ns, session_id, n)).v AS error_name,
    arg_max({'v': error_message}, (ns, session_id, n)).v AS error_message
FROM _nbm.runs_ended LEFT JOIN _nbm.run_lost_time USING (run_id) GROUP BY run_id;

-- Executions whose runs are all forgotten.
CREATE OR REPLACE VIEW _nbm.executions_forgotten AS
SELECT execution_id FROM _nbm.run_executions
LEFT JOIN (SELECT DISTINCT target_id FROM _nbm.forgotten WHERE what = 'run') f ON f.target_id = run_id
GROUP BY execution_id HAVING bool_and(f.target_id IS NOT NULL);

-- A run is alive while any session that began or resumed it is.
CREATE OR REPLACE VIEW _nbm.run_liveness AS
SELECT run_id, bool_or(is_alive) AS is_alive, max(resumed_ns) AS resumed_ns
FROM (
    SELECT run_id, session_id, NULL::BIGINT AS resumed_ns FROM _nbm.runs_begun
    UNION ALL SELECT run_id, session_id, ns FROM _nbm.runs_resumed
) holders
LEFT JOIN (SELECT session_id, bool_or(is_alive) AS is_alive FROM _nbm.journals GROUP BY session_id) USING (session_id)
GROUP BY run_id;

CREATE OR REPLACE VIEW main.sessions AS
SELECT s.session_id, kernel_id, frontend, host, user_name AS "user", pid, notebook, notebook_source, cwd, python,
    parent_session_id, parent_run_id, make_timestamp(started_ns // 1000) AS started_at,
    coalesce(is_alive, false) AS is_alive
FROM (
    SELECT session_id, min(ns) AS started_ns,
        arg_max(kernel_id, (ns, n)) AS kernel_id, arg_max(frontend, (ns, n)) AS frontend,
        arg_max(host, (ns, n)) AS host, arg_max(user_name, (ns, n)) AS user_name, arg_max(pid, (ns, n)) AS pid,
        arg_max(notebook, (ns, n)) AS notebook, arg_max(notebook_source, (ns, n)) AS notebook_source,
        arg_max(cwd, (ns, n)) AS cwd, arg_max(python, (ns, n)) AS python,
        arg_max(parent_session_id, (ns, n)) AS parent_session_id, arg_max(parent_run_id, (ns, n)) AS parent_run_id
    FROM _nbm.sessions GROUP BY session_id
) s
LEFT JOIN (SELECT session_id, bool_or(is_alive) AS is_alive FROM _nbm.journals GROUP BY session_id) j USING (session_id);

CREATE OR REPLACE VIEW main.run_executions AS
SELECT DISTINCT run_id, execution_id FROM _nbm.run_executions;

CREATE OR REPLACE VIEW main.executions AS
SELECT b.execution_id, b.session_id, r.run_id, b.cell_id, b.cell_id_source, e.execution_count, b.source,
    b.source_sha256, make_timestamp(b.ns // 1000) AS started_at, make_timestamp(e.ns // 1000) AS ended_at, e.duration_s,
    CASE WHEN e.status IS NOT NULL THEN e.status WHEN j.is_alive THEN 'running' ELSE 'lost' END AS status,
    e.error_name, e.error_message, b.cell_tags, b.parent_execution_id, b.thread,
    d.ns IS NOT NULL AS is_cell_deleted
FROM _nbm.executions_begun b
LEFT JOIN _nbm.executions_ended e USING (execution_id)
LEFT JOIN (SELECT execution_id, min(run_id) AS run_id FROM _nbm.run_executions GROUP BY execution_id) r USING (execution_id)
LEFT JOIN (SELECT session_id, bool_or(is_alive) AS is_alive FROM _nbm.journals GROUP BY session_id) j USING (session_id)
LEFT JOIN (SELECT session_id, cell_id, max(ns) AS ns FROM _nbm.cells_deleted GROUP BY ALL) d
    ON d.session_id = b.session_id AND d.cell_id = b.cell_id AND d.ns >= b.ns;

CREATE OR REPLACE VIEW main.params AS
SELECT run_id, key, arg_max(value, (ns, session_id, n)) AS value, arg_max({'v': number}, (ns, session_id, n)).v AS number,
    arg_max(origin, (ns, session_id, n)) AS origin
FROM _nbm.params GROUP BY run_id, key;

CREATE OR REPLACE VIEW main.metrics AS SELECT run_id, key, step, value, logged_at FROM _nbm.metrics;

CREATE OR REPLACE VIEW main.metric_summary AS
SELECT run_id, key, sum(count)::BIGINT AS count, arg_max(last, last_ns) AS last, arg_max(last_step, last_ns) AS last_step,
    min(min) AS min, max(max) AS max, CASE WHEN sum(finite) > 0 THEN sum(sum) / sum(finite) END AS mean,
    (sum(count) - sum(finite))::BIGINT AS non_finite
FROM _nbm.metric_partials GROUP BY run_id, key;

CREATE OR REPLACE VIEW main.metric_defs AS
SELECT experiment, key, arg_max(goal, (ns, session_id, n)) AS goal FROM _nbm.metric_goals GROUP BY experiment, key;

CREATE OR REPLACE VIEW main.series AS
SELECT run_id, key, step, kind, text, sha256, mime, size_bytes, logged_at FROM _nbm.series;

CREATE OR REPLACE VIEW main.tags AS
SELECT run_id, key, value FROM (
    SELECT run_id, key, arg_max({'value': value}, (ns, session_id, n)).value AS value FROM _nbm.tags GROUP BY run_id, key
) WHERE value IS NOT NULL;

CREATE OR REPLACE VIEW main.outputs AS
SELECT execution_id, run_id, seq, kind, mime, text, sha256, size_bytes, is_truncated,
    name, is_late, is_cleared, updates, display_id
FROM (
    SELECT *, row_number() OVER (PARTITION BY execution_id, seq, mime, name ORDER BY ns DESC, n DESC) AS newest
    FROM _nbm.outputs
) WHERE newest = 1;

CREATE OR REPLACE VIEW main.artifacts AS
SELECT run_id, path, arg_max(sha256, (ns, session_id, n)) AS sha256, arg_max(size_bytes, (ns, session_id, n)) AS size_bytes,
    arg_max(mime, (ns, session_id, n)) AS mime
FROM _nbm.artifacts GROUP BY run_id, path;

CREATE OR REPLACE VIEW main.environments AS
SELECT environment_id, any_value(python) AS python, any_value(platform) AS platform, any_value(packages) AS packages,
    any_value(extra) AS extra
FROM _nbm.environments GROUP BY environment_id;

-- Runs with everything a table row needs but attempts; deleted ones included.
CREATE OR REPLACE VIEW _nbm.run_heads AS
SELECT b.run_id, num.number, coalesce(f.name, b.name) AS name, coalesce(f.experiment, b.experiment) AS experiment,
    CASE
        WHEN e.status IS NOT NULL AND e.ns >= coalesce(l.resumed_ns, 0) THEN e.status
        WHEN l.is_alive THEN 'running' ELSE 'lost'
    END AS status,
    b.kind, b.parent_run_id, make_timestamp(b.ns // 1000) AS started_at,
    CASE WHEN e.ns >= coalesce(l.resumed_ns, 0) THEN make_timestamp(e.ns // 1000) END AS ended_at,
    e.duration_s, coalesce(b.notebook, s.notebook) AS notebook, b.cell_id, x.execution_count,
    f.git_sha, f.git_dirty = 'true' AS git_dirty, b.session_id, f.environment_id, s."user", s.host,
    f.note, e.error_name, e.error_message, b.seed, b.ordinal, b.execution_id,
    CASE WHEN f.deleted = 'true' THEN make_timestamp(f.deleted_ns // 1000) END AS deleted_at
FROM _nbm.runs_begun b
LEFT JOIN _nbm.run_numbers num USING (run_id)
LEFT JOIN _nbm.run_latest_fields f USING (run_id)
LEFT JOIN _nbm.run_latest_end e USING (run_id)
LEFT JOIN _nbm.run_liveness l USING (run_id)
LEFT JOIN main.sessions s ON s.session_id = b.session_id
LEFT JOIN _nbm.executions_ended x ON x.execution_id = b.execution_id;

-- One number for all parameters of a run, whatever their order. Picking the newest value of a key is
-- dear (0.8 s for 2 million rows against 0.04): only runs whose parameters came in several records need it.
CREATE OR REPLACE VIEW _nbm.param_digests AS
WITH plain AS (
    SELECT run_id, sum(hash(key, value)) AS digest, min(n) <> max(n) OR min(ns) <> max(ns) AS is_pieced
    FROM _nbm.params GROUP BY run_id
)
SELECT run_id, digest FROM plain WHERE NOT is_pieced
UNION ALL
SELECT run_id, sum(hash(key, value)) FROM (
    SELECT run_id, key, arg_max(value, (ns, session_id, n)) AS value FROM _nbm.params
    WHERE run_id IN (SELECT run_id FROM plain WHERE is_pieced) GROUP BY run_id, key
) GROUP BY run_id;

-- Attempts: the same cell, source, parameters, commit and environment, executed again.
-- Several runs inside one execution are told apart by their ordinal, never by attempt.
CREATE OR REPLACE VIEW _nbm.run_attempts AS
SELECT h.*, CASE WHEN h.cell_id IS NULL OR x.source_digest IS NULL THEN 1
    ELSE dense_rank() OVER (
        PARTITION BY h.experiment, h.cell_id, x.source_digest, p.digest, h.git_sha, h.environment_id, h.ordinal,
            CASE WHEN h.cell_id IS NULL OR x.source_digest IS NULL THEN h.run_id END
        ORDER BY x.ns, h.execution_id)
    END AS attempt
FROM _nbm.run_heads h
LEFT JOIN _nbm.executions_begun x ON x.execution_id = h.execution_id
LEFT JOIN _nbm.param_digests p ON p.run_id = h.run_id;

CREATE OR REPLACE VIEW main.runs AS
SELECT run_id, number, name, experiment, status, kind, parent_run_id, attempt, started_at, ended_at, duration_s,
    notebook, cell_id, execution_count, git_sha, git_dirty, session_id, environment_id, "user", host, note,
    error_name, error_message, seed, ordinal
FROM _nbm.run_attempts WHERE deleted_at IS NULL;

CREATE OR REPLACE VIEW main.deleted_runs AS
SELECT run_id, number, name, experiment, status, started_at, ended_at, note, deleted_at
FROM _nbm.run_heads WHERE deleted_at IS NOT NULL;
