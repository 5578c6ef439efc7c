-- Signs of life: they move the journal's last_ns and fill no table.
-- record storage.heartbeat@1 storage.close@1
-- record storage.forget@1
INSERT INTO _nbm.forgotten
SELECT r.target, r.what, ns
FROM (SELECT *, from_json(line, '{"target":"VARCHAR","what":"VARCHAR"}') AS r FROM staged WHERE t = 'storage.forget')
