-- Tasks, their timeline, files, keys, idempotency and the log of webhook deliveries.
-- Times are milliseconds since 1970, UTC. Text columns named input, run_input, metadata, wire, usage, error, data and
-- extra hold JSON. Only what SQLite >= 3.35 and PostgreSQL both understand.

-- The last number given out, and the latest creation time: seq and created_at of a table grow together, always.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL,
  latest BIGINT NOT NULL
);
INSERT INTO counter (name, value, latest) VALUES ('task', 0, 0), ('file', 0, 0);

CREATE TABLE task (
  id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  account TEXT NOT NULL,
  model TEXT NOT NULL,
  capability TEXT NOT NULL,
  vendor TEXT NOT NULL,
  stage TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  progress DOUBLE PRECISION NOT NULL,
  priority BIGINT NOT NULL,
  door TEXT NOT NULL,
  webhook TEXT,
  input TEXT NOT NULL,
  metadata TEXT NOT NULL,
  wire TEXT NOT NULL,
  usage TEXT NOT NULL,
  error TEXT,
  phase TEXT NOT NULL CHECK (phase IN ('wait', 'submit', 'poll', 'collect', 'tell', 'done')),
  lane TEXT NOT NULL,
  due BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  remote TEXT,
  sent_at BIGINT,
  cancel_asked BIGINT NOT NULL,
  run_model TEXT NOT NULL,
  run_input TEXT NOT NULL,
  onward TEXT NOT NULL,
  credential TEXT,
  parked_at BIGINT,
  told TEXT NOT NULL CHECK (told IN ('', 'pending', 'delivered', 'gave_up')),
  tells BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  updated_at BIGINT NOT NULL
);
-- What is due in a lane, and what is due next at all: only rows that still have something to do.
CREATE INDEX task_due ON task (lane, priority DESC, due, seq) WHERE phase <> 'done';
CREATE INDEX task_next ON task (due) WHERE phase <> 'done';
-- Lists, newest first: one index per filter, each with the state inside, so that a page costs the same at any depth.
CREATE UNIQUE INDEX task_seq ON task (account, seq);
CREATE INDEX task_state ON task (account, state, seq);
CREATE INDEX task_model ON task (account, model, state, seq);
CREATE INDEX task_capability ON task (account, capability, state, seq);
CREATE INDEX task_vendor ON task (account, vendor, state, seq);
CREATE INDEX task_door ON task (account, door, state, seq);
CREATE INDEX task_created ON task (created_at, seq);

-- Metadata, one line per label, so that tasks can be listed by it.
CREATE TABLE label (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (account, name, value, seq)
);

-- The timeline: append-only, numbered 1, 2, 3 ... within a task.
CREATE TABLE event (
  task_id TEXT NOT NULL REFERENCES task (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (task_id, seq)
);

-- What an unfinished task needs: tasks whose outputs it takes, and files. Gone when it has ended.
CREATE TABLE need (
  task_id TEXT NOT NULL REFERENCES task (id),
  name TEXT NOT NULL,
  PRIMARY KEY (task_id, name)
);
CREATE INDEX need_name ON need (name);

-- The ids by which a vendor's clients know a task: what its dialect gave out.
CREATE TABLE alias (
  door TEXT NOT NULL,
  name TEXT NOT NULL,
  task_id TEXT NOT NULL REFERENCES task (id),
  PRIMARY KEY (door, name)
);

CREATE TABLE idempotency (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  task_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE file (
  id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  task_id TEXT,
  position BIGINT NOT NULL,
  width BIGINT,
  height BIGINT,
  duration DOUBLE PRECISION,
  fps DOUBLE PRECISION,
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX file_seq ON file (account, seq);
CREATE INDEX file_task ON file (task_id, position) WHERE task_id IS NOT NULL;
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_expires ON file (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  sealed TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- Every try to deliver a webhook, numbered within its task.
CREATE TABLE delivery (
  task_id TEXT NOT NULL REFERENCES task (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  url TEXT NOT NULL,
  status BIGINT,
  error TEXT,
  took BIGINT NOT NULL,
  PRIMARY KEY (task_id, seq)
);
