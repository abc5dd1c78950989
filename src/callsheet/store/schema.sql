-- The whole schema as it stands: what all migrations together make. A test compares the two.
-- Tasks, their timeline, files, keys, idempotency and the log of webhook deliveries.
-- Times are milliseconds since 1970, UTC. Text columns named input, run_input, onward, metadata, wire, usage, error,
-- data and extra hold JSON. Only what SQLite >= 3.35 and PostgreSQL both understand.

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
  receiver TEXT,
  input TEXT NOT NULL,
  metadata TEXT NOT NULL,
  wire TEXT NOT NULL,
  usage TEXT NOT NULL,
  error TEXT,
  phase TEXT NOT NULL CHECK (phase IN ('wait', 'submit', 'unsure', 'poll', 'collect', 'done')),
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
  tells TEXT NOT NULL,
  retention BIGINT,
  trace TEXT,
  key_id TEXT,
  held BIGINT NOT NULL,
  spent BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  updated_at BIGINT NOT NULL
);
-- What is due in a lane, and what is due next at all: only rows that still have something to do.
CREATE INDEX task_due ON task (lane, priority DESC, due, seq) WHERE phase <> 'done';
CREATE INDEX task_next ON task (due) WHERE phase <> 'done';
-- What an operator has to decide.
CREATE INDEX task_unsure ON task (seq) WHERE phase = 'unsure';
-- Lists, newest first: one index per filter, each with the state inside, so that a page costs the same at any depth.
CREATE UNIQUE INDEX task_seq ON task (account, seq);
CREATE INDEX task_state ON task (account, state, seq);
CREATE INDEX task_model ON task (account, model, state, seq);
CREATE INDEX task_capability ON task (account, capability, state, seq);
CREATE INDEX task_vendor ON task (account, vendor, state, seq);
CREATE INDEX task_door ON task (account, door, state, seq);
CREATE INDEX task_stage ON task (account, stage, state, seq);
CREATE INDEX task_created ON task (created_at, seq);
-- What ended, by when.
CREATE INDEX task_ended ON task (ended_at, id) WHERE phase = 'done' AND seq > 0;
-- What a key has used.
CREATE INDEX task_key ON task (key_id, created_at) WHERE key_id IS NOT NULL;

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

-- What a list can be searched for: the texts of a task in small letters, in as narrow a row as can be.
CREATE TABLE said (
  account TEXT NOT NULL,
  seq BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (account, seq)
);

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

-- How long the tasks of a model took at its vendor: a histogram over times that grow by a twelfth from one to the next.
CREATE TABLE duration (
  model TEXT NOT NULL,
  bucket BIGINT NOT NULL,
  weight DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (model, bucket)
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

-- Which task a vendor's id belongs to: it is one task's for ever, whatever becomes of it.
CREATE TABLE remote (
  vendor TEXT NOT NULL,
  name TEXT NOT NULL,
  task_id TEXT NOT NULL REFERENCES task (id),
  PRIMARY KEY (vendor, name)
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
  revoked_at BIGINT,
  -- What it may do: tasks per minute, unfinished tasks at once, micro-credits per period. And how far it has gone: when
  -- its rate is free again (microseconds), unfinished tasks, micro-credits held or spent by tasks made since then.
  rate BIGINT,
  concurrent BIGINT,
  budget BIGINT,
  period TEXT NOT NULL CHECK (period IN ('day', 'month', 'total')),
  free_at BIGINT NOT NULL,
  unfinished BIGINT NOT NULL,
  committed BIGINT NOT NULL,
  since BIGINT NOT NULL
);
-- Whose secrets sign an account's webhooks.
CREATE INDEX api_key_account ON api_key (account, created_at, id) WHERE revoked_at IS NULL;

-- What each account has, as the sum of its ledger: the entries alone are the truth, and `callsheet ledger check`
-- compares. Amounts in micro-credits. A metered account spends no more than its funds; any other is only written down.
CREATE TABLE account (
  name TEXT PRIMARY KEY,
  metered BIGINT NOT NULL,
  funds BIGINT NOT NULL,
  held BIGINT NOT NULL,
  spent BIGINT NOT NULL,
  entries BIGINT NOT NULL
);

-- The ledger: append-only, numbered 1, 2, 3 ... within an account. Each entry moves an amount from one bucket to another,
-- and stands once: no replay can write the same movement of a task again.
CREATE TABLE ledger_entry (
  account TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  task_id TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('fund', 'hold', 'settle', 'release', 'refund', 'adjust')),
  sequence BIGINT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('world', 'funds', 'held', 'spent')),
  target TEXT NOT NULL CHECK (target IN ('world', 'funds', 'held', 'spent')),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  unit TEXT NOT NULL,
  priced BIGINT NOT NULL,
  memo TEXT NOT NULL,
  key_id TEXT,
  PRIMARY KEY (account, seq)
);
CREATE UNIQUE INDEX ledger_once ON ledger_entry (task_id, kind, sequence);

-- What is to be told of a task to its webhook: one line per thing to tell, written with the event that it tells.
-- `receiver` is scheme, host and port of the address; `spent` are the tries made before it was asked for again, at `since`.
CREATE TABLE message (
  id TEXT PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES task (id),
  position BIGINT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  receiver TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'gave_up')),
  due BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  spent BIGINT NOT NULL,
  since BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE UNIQUE INDEX message_kind ON message (task_id, kind);
-- What is due to each receiver, and what is due next at all.
CREATE INDEX message_due ON message (receiver, due) WHERE state = 'pending';
CREATE INDEX message_next ON message (due) WHERE state = 'pending';
CREATE INDEX message_account ON message (account, id);
CREATE INDEX message_state ON message (account, state, id);
CREATE INDEX message_settled ON message (settled_at) WHERE state <> 'pending';

-- Every try to deliver a message, numbered within it; `body` is what was sent, its secrets left out.
CREATE TABLE delivery (
  message_id TEXT NOT NULL,
  task_id TEXT NOT NULL REFERENCES task (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  url TEXT NOT NULL,
  status BIGINT,
  error TEXT,
  took BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (message_id, seq)
);
CREATE INDEX delivery_task ON delivery (task_id);

-- What all processes on one database must have in common, as the first of them said it.
CREATE TABLE common (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Stored bytes: `going` is since when they are being let go, 0 while they are not.
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY,
  going BIGINT NOT NULL
);
CREATE INDEX blob_going ON blob (going) WHERE going > 0;

-- Bytes on their way in: until their row is written, this is what keeps them.
CREATE TABLE claim (
  sha256 TEXT NOT NULL,
  holder TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (sha256, holder)
);
CREATE INDEX claim_at ON claim (at);
