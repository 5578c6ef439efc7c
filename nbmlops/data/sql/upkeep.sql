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
