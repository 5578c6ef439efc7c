-- One part a record type, as in tracking. No statement assumes that another journal was seen.
-- record data.version@1
INSERT INTO _nbm.data_commits
SELECT r.version, r.dataset, r.kind, r.content, r.schema, r.form, r.rows, r.columns, r.files, r.size, r.new, r.mode,
    r.message, r.parents, r.key, r.source, r.sha256, r.run, r.execution, ns, session_id, n
FROM (SELECT *, from_json(line, '{"version":"VARCHAR","dataset":"VARCHAR","kind":"VARCHAR","content":"VARCHAR",
    "schema":"VARCHAR","form":"VARCHAR","rows":"BIGINT","columns":"BIGINT","files":"BIGINT","size":"BIGINT","new":"BIGINT",
    "mode":"VARCHAR","message":"VARCHAR","parents":["VARCHAR"],"key":["VARCHAR"],"source":"VARCHAR","sha256":"VARCHAR",
    "run":"VARCHAR","execution":"VARCHAR"}') AS r FROM staged WHERE t = 'data.version')
-- two may pull the same version at once
WHERE r.version NOT IN (SELECT version_id FROM _nbm.data_commits)
QUALIFY row_number() OVER (PARTITION BY r.version ORDER BY ns, session_id, n) = 1

-- record data.version@1
-- Numbers count up within a dataset, in the order of time as far as it is known here.
INSERT INTO _nbm.data_numbers
SELECT version_id, dataset,
    coalesce((SELECT max(number) FROM _nbm.data_numbers d WHERE d.dataset = new.dataset), 0)
        + row_number() OVER (PARTITION BY dataset ORDER BY ns, version_id)
FROM (
    SELECT r.version AS version_id, r.dataset AS dataset, min(ns) AS ns
    FROM (SELECT ns, from_json(line, '{"version":"VARCHAR","dataset":"VARCHAR"}') AS r FROM staged WHERE t = 'data.version')
    WHERE r.version NOT IN (SELECT version_id FROM _nbm.data_numbers) GROUP BY ALL
) new

-- record data.restore@1
INSERT INTO _nbm.data_restored
SELECT DISTINCT from_json(line, '{"version":"VARCHAR"}').version, ns FROM staged WHERE t = 'data.restore'

-- record data.blobs@1 data.restore@1
INSERT INTO _nbm.data_blobs
SELECT version_id, b.s, any_value(b.z)
FROM (
    SELECT r.version AS version_id, unnest(r.b) AS b
    FROM (SELECT from_json(line, '{"version":"VARCHAR","b":[{"s":"VARCHAR","z":"BIGINT"}]}') AS r
        FROM staged WHERE t IN ('data.blobs', 'data.restore'))
) new
WHERE version_id NOT IN (SELECT version_id FROM _nbm.data_gone)
    AND NOT EXISTS (FROM _nbm.data_blobs d WHERE d.version_id = new.version_id AND d.sha256 = new.b.s)
GROUP BY version_id, b.s

-- record data.columns@1
INSERT INTO _nbm.data_columns
SELECT DISTINCT version_id, c.p, c.n, c.t, c.i
FROM (
    SELECT r.version AS version_id, unnest(r.c) AS c
    FROM (SELECT from_json(line, '{"version":"VARCHAR","c":[{"p":"INTEGER","n":"VARCHAR","t":"VARCHAR","i":"VARCHAR"}]}') AS r
        FROM staged WHERE t = 'data.columns')
) new
WHERE NOT EXISTS (FROM _nbm.data_columns d WHERE d.version_id = new.version_id AND d.place = new.c.p)

-- record data.profiles@1
INSERT INTO _nbm.data_column_profiles
SELECT p.i, any_value(p.d)
FROM (
    SELECT unnest(from_json(line, '{"p":[{"i":"VARCHAR","d":"VARCHAR"}]}').p) AS p FROM staged WHERE t = 'data.profiles'
)
WHERE p.i NOT IN (SELECT column_id FROM _nbm.data_column_profiles) GROUP BY p.i

-- A version that was saved has its branch with it; one that was pulled has none.
-- record data.version@1
INSERT INTO _nbm.data_ref_moves
SELECT r.dataset, r.branch, 'branch', r.version, ns, session_id, n
FROM (SELECT *, from_json(line, '{"dataset":"VARCHAR","branch":"VARCHAR","version":"VARCHAR"}') AS r
    FROM staged WHERE t = 'data.version')
WHERE r.branch IS NOT NULL

-- record data.ref@1
INSERT INTO _nbm.data_ref_moves
SELECT r.dataset, r.name, r.kind, r.version, ns, session_id, n
FROM (SELECT *, from_json(line, '{"dataset":"VARCHAR","name":"VARCHAR","kind":"VARCHAR","version":"VARCHAR"}') AS r
    FROM staged WHERE t = 'data.ref')

-- record data.key@1
INSERT INTO _nbm.data_keys
SELECT r.version, r.key, ns, session_id, n
FROM (SELECT *, from_json(line, '{"version":"VARCHAR","key":["VARCHAR"]}') AS r FROM staged WHERE t = 'data.key')

-- record data.edge@1
INSERT INTO _nbm.data_edges (run_id, execution_id, version_id, role, variable, source, content_id, ns, rows, columns)
SELECT r.run, r.execution, r.version, r.role, r.variable, r.source, r.content, ns, r.rows, r.columns
FROM (SELECT *, from_json(line, '{"run":"VARCHAR","execution":"VARCHAR","version":"VARCHAR","role":"VARCHAR",
    "variable":"VARCHAR","source":"VARCHAR","content":"VARCHAR","rows":"BIGINT","columns":"BIGINT"}') AS r
    FROM staged WHERE t = 'data.edge')

-- record data.drop@1
INSERT INTO _nbm.data_dropped
SELECT unnest(from_json(line, '{"versions":["VARCHAR"]}').versions), ns FROM staged WHERE t = 'data.drop'

-- record data.drop@1
DELETE FROM _nbm.data_blobs WHERE version_id IN (SELECT version_id FROM _nbm.data_gone)

-- A run that was forgotten is named by no data.
-- guard
SELECT EXISTS (FROM _nbm.data_edges WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run'))
    OR EXISTS (FROM _nbm.data_commits WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run'))
-- sweep
DELETE FROM _nbm.data_edges WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
-- sweep
UPDATE _nbm.data_commits SET run_id = NULL WHERE run_id IN (SELECT target_id FROM _nbm.forgotten WHERE what = 'run')
