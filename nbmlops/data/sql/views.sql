-- Public contract (README: "SQL names"): columns may be added, never renamed or removed.
CREATE OR REPLACE VIEW _nbm.data_gone AS
SELECT version_id FROM _nbm.data_dropped d GROUP BY version_id
HAVING max(ns) > coalesce((SELECT max(r.ns) FROM _nbm.data_restored r WHERE r.version_id = d.version_id), 0);

CREATE OR REPLACE VIEW _nbm.data_ref_now AS
SELECT dataset, name, arg_max(kind, (ns, session_id, n)) AS kind,
    arg_max({'v': version_id}, (ns, session_id, n)).v AS version_id, max(ns) AS ns
FROM _nbm.data_ref_moves GROUP BY dataset, name;

CREATE OR REPLACE VIEW _nbm.data_key_now AS
SELECT version_id, arg_max(key, (ns, session_id, n)) AS key FROM _nbm.data_keys GROUP BY version_id;

CREATE OR REPLACE VIEW main.data_versions AS
SELECT c.version_id, c.dataset, n.number, c.content_id, c.schema_id, c.rows, c.size_bytes, c.mode, c.message,
    make_timestamp(c.ns // 1000) AS created_at, c.run_id, c.parents, c.kind, c.columns, c.files, c.new_bytes,
    coalesce(k.key, c.key) AS key,
    c.source, c.execution_id, c.session_id, d.version_id IS NOT NULL AS is_dropped
FROM _nbm.data_commits c
LEFT JOIN _nbm.data_numbers n USING (version_id)
LEFT JOIN _nbm.data_gone d USING (version_id)
LEFT JOIN _nbm.data_key_now k USING (version_id);

CREATE OR REPLACE VIEW main.data_refs AS
SELECT dataset, name, kind, version_id, make_timestamp(ns // 1000) AS moved_at
FROM _nbm.data_ref_now WHERE version_id IS NOT NULL;

-- A frame in memory is the version that holds its content: the newest that was there when it was seen, else the first.
CREATE OR REPLACE VIEW main.data_edges AS
SELECT e.run_id, coalesce(e.version_id, old.version_id, later.version_id) AS version_id, e.role, e.variable, e.source,
    e.content_id, e.execution_id, make_timestamp(e.ns // 1000) AS seen_at, e.rows, e.columns
FROM (
    SELECT run_id, version_id, role, variable, source, content_id, rows, columns, min(execution_id) AS execution_id,
        min(ns) AS ns, CASE WHEN version_id IS NULL AND source IS NULL THEN content_id END AS wanted
    FROM _nbm.data_edges GROUP BY run_id, version_id, role, variable, source, content_id, rows, columns
) e
ASOF LEFT JOIN _nbm.data_commits old ON e.wanted = old.content_id AND e.ns >= old.ns
LEFT JOIN (SELECT content_id, arg_min(version_id, ns) AS version_id FROM _nbm.data_commits GROUP BY content_id) later
    ON e.wanted = later.content_id;

CREATE OR REPLACE VIEW main.data_profiles AS
SELECT c.version_id, c.place, c.name, c.type, c.column_id, p.profile
FROM _nbm.data_columns c
LEFT JOIN (SELECT column_id, any_value(profile) AS profile FROM _nbm.data_column_profiles GROUP BY column_id) p
    USING (column_id);
