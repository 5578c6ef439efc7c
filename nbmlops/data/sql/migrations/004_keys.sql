-- keys that were declared for versions that were there already
CREATE TABLE _nbm.data_keys (
    version_id VARCHAR NOT NULL, key VARCHAR[] NOT NULL, ns BIGINT NOT NULL, session_id VARCHAR NOT NULL, n BIGINT NOT NULL
);
