-- values that were collected, and pulled again later
CREATE TABLE _nbm.data_restored (version_id VARCHAR NOT NULL, ns BIGINT NOT NULL);
