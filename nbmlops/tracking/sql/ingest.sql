-- One part a record type. `staged` holds the piece of one journal that is being taken in:
-- i (order), line (JSON), t, v, n, ns, session_id. No statement assumes that another journal was seen.
-- record tracking.session@1
INSERT INTO _nbm.sessions
SELECT session_id, ns, n, r.kernel, r.frontend, r.host, r."user", r.pid, r.notebook, r.notebook_source, r.cwd, r.python,
    r.parent_session, r.parent_run
FROM (SELECT *, from_json(line, '{"kernel":"VARCHAR","frontend":"VARCHAR","host":"VARCHAR","user":"VARCHAR","pid":"BIGINT",
    "notebook":"VARCHAR","notebook_source":"VARCHAR","cwd":"VARCHAR","python":"VARCHAR","parent_session":"VARCHAR",
    "parent_run":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.session')

-- record tracking.execution.begin@1
INSERT INTO _nbm.executions_begun
SELECT r.execution, session_id, ns, r.cell, r.cell_source, r.source, r.digest, r.sha256, r.tags, r.parent, r.thread
FROM (SELECT *, from_json(line, '{"execution":"VARCHAR","cell":"VARCHAR","cell_source":"VARCHAR","source":"VARCHAR",
    "digest":"VARCHAR","sha256":"VARCHAR","tags":["VARCHAR"],"parent":"VARCHAR","thread":"VARCHAR"}') AS r
    FROM staged WHERE t = 'tracking.execution.begin')

-- record tracking.execution.end@1
INSERT INTO _nbm.executions_ended
SELECT r.execution, ns, r.count, r.duration, r.status, r.error_name, r.error_message
FROM (SELECT *, from_json(line, '{"execution":"VARCHAR","count":"BIGINT","duration":"DOUBLE","status":"VARCHAR",
    "error_name":"VARCHAR","error_message":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.execution.end')

-- record tracking.cells.deleted@1
INSERT INTO _nbm.cells_deleted
SELECT session_id, unnest(from_json(line, '{"cells":["VARCHAR"]}').cells), ns FROM staged WHERE t = 'tracking.cells.deleted'

-- record tracking.run.begin@1
INSERT INTO _nbm.runs_begun
SELECT r.run, session_id, ns, r.name, r.experiment, r.kind, r.parent, r.execution, r.cell, r.notebook, r.ordinal, r.seed
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","name":"VARCHAR","experiment":"VARCHAR","kind":"VARCHAR",
    "parent":"VARCHAR","execution":"VARCHAR","cell":"VARCHAR","notebook":"VARCHAR","ordinal":"INTEGER","seed":"BIGINT"}') AS r
    FROM staged WHERE t = 'tracking.run.begin')

-- record tracking.run.begin@1
-- The number that the run was begun with, unless another run has it: then the next free one.
INSERT INTO _nbm.run_numbers
SELECT run_id, CASE WHEN is_free THEN hint ELSE top + row_number() OVER (PARTITION BY is_free ORDER BY ns, run_id) END
FROM (
    SELECT run_id, hint, ns, greatest(coalesce(max(hint) OVER (), 0), coalesce((SELECT max(number) FROM _nbm.run_numbers), 0)) AS top,
        hint IS NOT NULL AND hint NOT IN (SELECT number FROM _nbm.run_numbers)
            AND row_number() OVER (PARTITION BY hint ORDER BY ns, run_id) = 1 AS is_free
    FROM (SELECT r.run AS run_id, r.number AS hint, min(ns) AS ns
        FROM (SELECT ns, from_json(line, '{"run":"VARCHAR","number":"BIGINT"}') AS r FROM staged WHERE t = 'tracking.run.begin')
        GROUP BY ALL)
    WHERE run_id NOT IN (SELECT run_id FROM _nbm.run_numbers)
)

-- record tracking.run.end@1
INSERT INTO _nbm.runs_ended
SELECT r.run, session_id, ns, n, r.status, r.duration, r.error_name, r.error_message
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","status":"VARCHAR","duration":"DOUBLE","error_name":"VARCHAR",
    "error_message":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.run.end')

-- record tracking.run.resume@1
INSERT INTO _nbm.runs_resumed
SELECT from_json(line, '{"run":"VARCHAR"}').run, session_id, ns, n FROM staged WHERE t = 'tracking.run.resume'

-- record tracking.run.set@1
INSERT INTO _nbm.run_fields
SELECT r.run, r.field, r.value, ns, session_id, n
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}') AS r
    FROM staged WHERE t = 'tracking.run.set')

-- record tracking.run.execution@1
INSERT INTO _nbm.run_executions
SELECT r.run, r.execution
FROM (SELECT from_json(line, '{"run":"VARCHAR","execution":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.run.execution')

-- record tracking.params@1
INSERT INTO _nbm.params
SELECT run, p.k, p.v, TRY_CAST(p.x AS DOUBLE), p.o, ns, session_id, n
FROM (
    SELECT r.run AS run, unnest(r.p) AS p, ns, session_id, n
    FROM (SELECT *, from_json(line, '{"run":"VARCHAR","p":[{"k":"VARCHAR","v":"VARCHAR","x":"VARCHAR","o":"VARCHAR"}]}') AS r
        FROM staged WHERE t = 'tracking.params')
)

-- record tracking.log@1 tracking.batch@1 prepare
CREATE OR REPLACE TEMP TABLE points AS
SELECT run, unnest(map_keys(m)) AS key, step, TRY_CAST(unnest(map_values(m)) AS DOUBLE) AS value, ns, i
FROM (
    SELECT ns, i, r.run AS run, r.s AS step, r.m AS m
    FROM (SELECT ns, i, from_json(line, '{"run":"VARCHAR","s":"DOUBLE","m":"MAP(VARCHAR,VARCHAR)"}') AS r
        FROM staged WHERE t = 'tracking.log')
)
UNION ALL
SELECT run, key, TRY_CAST(unnest(steps) AS DOUBLE), TRY_CAST(unnest(vals) AS DOUBLE), ns, i
FROM (
    SELECT ns, i, run, unnest(map_keys(c)) AS key, unnest(map_values(c)) AS vals, steps
    FROM (
        SELECT ns, i, r.run AS run, r.s AS steps, r.c AS c
        FROM (SELECT ns, i, from_json(line, '{"run":"VARCHAR","s":["VARCHAR"],"c":"MAP(VARCHAR,VARCHAR[])"}') AS r
            FROM staged WHERE t = 'tracking.batch')
    )
)

-- record tracking.log@1 tracking.batch@1
INSERT INTO _nbm.metrics SELECT run, key, step, value, make_timestamp(ns // 1000) FROM points

-- record tracking.log@1 tracking.batch@1
INSERT INTO _nbm.metric_partials
SELECT run, key, count(*), count(*) FILTER (isfinite(value)), last(value ORDER BY ns, i, step), last(step ORDER BY ns, i, step),
    max(ns), min(value) FILTER (isfinite(value)), max(value) FILTER (isfinite(value)), sum(value) FILTER (isfinite(value))
FROM points GROUP BY run, key

-- record tracking.goal@1
INSERT INTO _nbm.metric_goals
SELECT r.experiment, r.key, r.goal, ns, session_id, n
FROM (SELECT *, from_json(line, '{"experiment":"VARCHAR","key":"VARCHAR","goal":"VARCHAR"}') AS r
    FROM staged WHERE t = 'tracking.goal')

-- record tracking.series@1
INSERT INTO _nbm.series
SELECT r.run, r.key, r.s, r.kind, r.text, r.sha256, r.mime, r.size, make_timestamp(ns // 1000)
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","key":"VARCHAR","s":"DOUBLE","kind":"VARCHAR","text":"VARCHAR",
    "sha256":"VARCHAR","mime":"VARCHAR","size":"BIGINT"}') AS r FROM staged WHERE t = 'tracking.series')

-- record tracking.tags@1
INSERT INTO _nbm.tags
SELECT run, unnest(map_keys(tags)), unnest(map_values(tags)), ns, session_id, n
FROM (
    SELECT r.run AS run, r.tags AS tags, ns, session_id, n
    FROM (SELECT *, from_json(line, '{"run":"VARCHAR","tags":"MAP(VARCHAR,VARCHAR)"}') AS r
        FROM staged WHERE t = 'tracking.tags')
)

-- record tracking.output@1
INSERT INTO _nbm.outputs
SELECT r.execution, r.run, r.seq, r.kind, r.name, r.mime, r.text, r.sha256, r.size, r.truncated, r.late, r.cleared,
    r.updates, r.display, ns, n
FROM (SELECT *, from_json(line, '{"execution":"VARCHAR","run":"VARCHAR","seq":"BIGINT","kind":"VARCHAR","name":"VARCHAR",
    "mime":"VARCHAR","text":"VARCHAR","sha256":"VARCHAR","size":"BIGINT","truncated":"BOOLEAN","late":"BOOLEAN",
    "cleared":"BOOLEAN","updates":"BIGINT","display":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.output')

-- record tracking.artifact@1
INSERT INTO _nbm.artifacts
SELECT r.run, r.path, r.sha256, r.size, r.mime, ns, session_id, n
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","path":"VARCHAR","sha256":"VARCHAR","size":"BIGINT","mime":"VARCHAR"}') AS r
    FROM staged WHERE t = 'tracking.artifact')

-- record tracking.environment@1
INSERT INTO _nbm.environments
SELECT r.environment, r.python, r.platform, r.packages, r.extra
FROM (SELECT *, from_json(line, '{"environment":"VARCHAR","python":"VARCHAR","platform":"VARCHAR",
    "packages":"MAP(VARCHAR,VARCHAR)","extra":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.environment')
WHERE r.environment NOT IN (SELECT environment_id FROM _nbm.environments)

-- record tracking.setting@1
INSERT INTO _nbm.settings
SELECT r.name, r.value, ns, session_id, n
FROM (SELECT *, from_json(line, '{"name":"VARCHAR","value":"VARCHAR"}') AS r FROM staged WHERE t = 'tracking.setting')

-- What was forgotten stays forgotten, also when a journal that names it comes in later.
-- guard
SELECT count(*) > 0 FROM (SELECT from_json(line, '{"run":"VARCHAR","execution":"VARCHAR","target":"VARCHAR"}') AS r FROM staged)
JOIN (
    SELECT target_id AS id FROM _nbm.forgotten UNION
    SELECT execution_id FROM _nbm.run_executions WHERE run_id IN (SELECT target_id FROM _nbm.forgotten)
) ON id IN (r.run, r.execution, r.target)
-- An execution goes with a run only if no other run shares it: a span takes part in every cell that ran
-- meanwhile. Outputs alone are forgotten as of that moment: a run that goes on makes new ones.
-- sweep
DELETE FROM _nbm.outputs WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
    OR EXISTS (FROM _nbm.forgotten f WHERE f.what = 'outputs' AND f.target_id = outputs.run_id AND outputs.ns <= f.ns)
    OR execution_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'execution')
    OR execution_id IN (FROM _nbm.executions_forgotten)
-- sweep
DELETE FROM _nbm.executions_begun WHERE execution_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'execution')
    OR execution_id IN (FROM _nbm.executions_forgotten)
-- sweep
DELETE FROM _nbm.executions_ended WHERE execution_id NOT IN (SELECT execution_id FROM _nbm.executions_begun)
    AND execution_id IN (SELECT execution_id FROM _nbm.run_executions UNION ALL SELECT target_id FROM _nbm.forgotten)
-- sweep
DELETE FROM _nbm.runs_begun WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.runs_ended WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.run_fields WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.params WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.metrics WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.metric_partials WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.series WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.tags WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
DELETE FROM _nbm.artifacts WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
