-- serves: 1
-- Tasks found by their words and by their stage, and what was said to their vendors.
-- A process of the version before goes on; what it takes in meanwhile is not found by its words.

CREATE INDEX task_stage ON task (account, stage, state, seq);

-- What a list can be searched for: the texts of a task in small letters, in as narrow a row as can be.
CREATE TABLE said (
  account TEXT NOT NULL,
  seq BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (account, seq)
);
INSERT INTO said (account, seq, text) SELECT account, seq, LOWER(id || ' ' || input || ' ' || metadata) FROM task;

-- Requests to a vendor and their answers, cut to a size and without secrets; numbered within the task.
CREATE TABLE exchange (
  task_id TEXT NOT NULL REFERENCES task (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  took BIGINT NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  status BIGINT,
  error TEXT,
  request TEXT NOT NULL,
  response TEXT NOT NULL,
  PRIMARY KEY (task_id, seq)
);
