-- What pack, merge and doctor need to know of these tables; what is not named here is copied row by row.
-- count versions
SELECT count(*) FROM {source}._nbm.data_commits
-- merge data_numbers
INSERT INTO _nbm.data_numbers
SELECT version_id, dataset, CASE WHEN top IS NULL THEN number ELSE top + row_number() OVER (PARTITION BY dataset ORDER BY number) END
FROM (
    SELECT *, (SELECT max(number) FROM _nbm.data_numbers d WHERE d.dataset = o.dataset) AS top
    FROM {source}._nbm.data_numbers o WHERE version_id NOT IN (SELECT version_id FROM _nbm.data_numbers)
)
-- merge data_column_profiles
INSERT INTO _nbm.data_column_profiles FROM {source}._nbm.data_column_profiles
WHERE column_id NOT IN (SELECT column_id FROM _nbm.data_column_profiles)
-- merge data_ref_moves
CREATE OR REPLACE TEMP TABLE data_ref_ours AS SELECT dataset, name, kind, version_id FROM _nbm.data_ref_now;
CREATE OR REPLACE TEMP TABLE data_ref_theirs AS
SELECT dataset, name, arg_max(kind, (ns, session_id, n)) AS kind,
    arg_max({'v': version_id}, (ns, session_id, n)).v AS version_id
FROM {source}._nbm.data_ref_moves GROUP BY dataset, name;
INSERT INTO _nbm.data_ref_moves
SELECT * FROM {source}._nbm.data_ref_moves EXCEPT ALL SELECT * FROM _nbm.data_ref_moves
-- A branch moves on if theirs went on from ours. Another name that is elsewhere in both stays where it is here, and
-- theirs is called <name>-merged: nothing is without a name after a merge that had one before it.
-- after merge
INSERT INTO _nbm.data_ref_moves
WITH RECURSIVE clash AS (
    SELECT o.dataset, o.name, o.kind, o.version_id AS ours, t.kind AS their_kind, t.version_id AS theirs
    FROM data_ref_ours o JOIN data_ref_theirs t USING (dataset, name)
    WHERE o.version_id IS NOT NULL AND (o.kind, o.version_id) IS DISTINCT FROM (t.kind, t.version_id)
), above AS (
    SELECT ours AS first, ours AS reached FROM clash
    UNION SELECT theirs, theirs FROM clash WHERE theirs IS NOT NULL
    UNION SELECT m.version_id, m.version_id FROM _nbm.data_ref_now m WHERE m.name LIKE '%-merged'
    UNION
    SELECT a.first, p.parent FROM above a
    JOIN (SELECT version_id, unnest(parents) AS parent FROM _nbm.data_commits) p ON p.version_id = a.reached
), judged AS (
    SELECT *, (kind, their_kind) = ('branch', 'branch') AS are_branches,
        are_branches AND EXISTS (FROM above WHERE first = theirs AND reached = ours) AS is_on,
        are_branches AND EXISTS (FROM above WHERE first = ours AND reached = theirs) AS is_back
    FROM clash
), moves AS (
    SELECT dataset, name, kind, CASE WHEN is_on THEN theirs ELSE ours END AS version_id FROM judged
    UNION ALL
    SELECT j.dataset, CASE WHEN m.version_id IS NULL OR EXISTS (FROM above WHERE first = j.theirs AND reached = m.version_id)
        THEN j.name || '-merged' ELSE j.name || '-merged-' || right(j.theirs, 6) END, j.their_kind, j.theirs
    FROM judged j LEFT JOIN _nbm.data_ref_now m ON m.dataset = j.dataset AND m.name = j.name || '-merged'
    WHERE j.theirs IS NOT NULL AND NOT coalesce(j.is_on, false) AND NOT coalesce(j.is_back, false)
)
SELECT dataset, name, kind, version_id, (SELECT max(ns) + 1 FROM _nbm.data_ref_moves), 'merge', 0 FROM moves
