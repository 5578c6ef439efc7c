-- What pack, merge and doctor need to know of these tables; what is not named here is copied row by row.
-- {source} is the catalog that is read.
-- count runs
SELECT count(*) FROM {source}._nbm.runs_begun
-- count executions
SELECT count(*) FROM {source}._nbm.executions_begun
-- count points
SELECT count(*) FROM {source}._nbm.metrics

-- Bulk tables in the order that compresses best; the partial sums of a metric become one row.
-- pack metrics
SELECT * FROM {source}._nbm.metrics ORDER BY run_id, key, logged_at, step
-- pack metric_partials fewer
SELECT run_id, key, sum(count), sum(finite), arg_max(last, last_ns), arg_max(last_step, last_ns), max(last_ns),
    min(min), max(max), sum(sum)
FROM {source}._nbm.metric_partials GROUP BY run_id, key ORDER BY run_id, key

-- before merge
CREATE OR REPLACE TEMP TABLE known AS SELECT run_id FROM _nbm.runs_begun
-- merge environments
INSERT INTO _nbm.environments FROM {source}._nbm.environments
WHERE environment_id NOT IN (SELECT environment_id FROM _nbm.environments)
-- merge metrics
INSERT INTO _nbm.metrics SELECT * FROM {source}._nbm.metrics WHERE run_id NOT IN (FROM known)
ORDER BY run_id, key, logged_at, step;
INSERT INTO _nbm.metrics SELECT * FROM {source}._nbm.metrics WHERE run_id IN (FROM known)
EXCEPT ALL SELECT * FROM _nbm.metrics WHERE run_id IN (FROM known)
-- merge metric_partials
INSERT INTO _nbm.metric_partials FROM {source}._nbm.metric_partials WHERE run_id NOT IN (FROM known)
-- merge run_numbers
INSERT INTO _nbm.run_numbers
SELECT run_id, CASE WHEN (SELECT count(*) FROM _nbm.run_numbers) = 0 THEN number
    ELSE (SELECT max(number) FROM _nbm.run_numbers) + row_number() OVER (ORDER BY number) END
FROM {source}._nbm.run_numbers WHERE run_id NOT IN (SELECT run_id FROM _nbm.run_numbers)
-- Sums of runs that are in both files are made anew from their points.
-- after merge
DELETE FROM _nbm.metric_partials
WHERE run_id IN (SELECT run_id FROM {source}._nbm.runs_begun WHERE run_id IN (FROM known));
INSERT INTO _nbm.metric_partials
SELECT run_id, key, count(*), count(*) FILTER (isfinite(value)), last(value ORDER BY logged_at, step),
    last(step ORDER BY logged_at, step), max(epoch_us(logged_at)) * 1000, min(value) FILTER (isfinite(value)),
    max(value) FILTER (isfinite(value)), sum(value) FILTER (isfinite(value))
FROM _nbm.metrics WHERE run_id IN (SELECT run_id FROM {source}._nbm.runs_begun WHERE run_id IN (FROM known))
GROUP BY run_id, key
