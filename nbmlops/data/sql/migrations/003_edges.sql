-- Frames that a run was given and that nobody saved: how large they were is all that is known beside their content.
ALTER TABLE _nbm.data_edges ADD COLUMN rows BIGINT;
ALTER TABLE _nbm.data_edges ADD COLUMN columns BIGINT;
