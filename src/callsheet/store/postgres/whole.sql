-- Several of the store's statements in one, which PostgreSQL alone can run; what stands in braces is one of those, as it is.
-- All parts see the database as it was before, and what they hand each other by name.

-- name: add_counted_task
-- A new task under the next number, with what belongs to it: `counter` is here what was made of that table just now.
WITH counter AS ({raise_task_counter} RETURNING name, value, latest),
added AS ({add_task}),
findable AS ({add_said}),
labelled AS (
  INSERT INTO label (account, name, value, seq)
  SELECT :account, one.name, one.value, counter.value
  FROM counter, unnest(CAST(:names AS TEXT[]), CAST(:values AS TEXT[])) AS one (name, value) WHERE counter.name = 'task'
),
began AS (
  INSERT INTO event (task_id, seq, at, type, data)
  SELECT :id, one.seq, :at, one.type, one.data
  FROM unnest(CAST(:types AS TEXT[]), CAST(:data AS TEXT[])) WITH ORDINALITY AS one (type, data, seq)
)
SELECT seq, created_at FROM added;

-- name: add_whole_task
-- The same under a number that was given before in the same transaction: `counter` is the table.
WITH added AS ({add_task}),
findable AS ({add_said}),
labelled AS (
  INSERT INTO label (account, name, value, seq)
  SELECT :account, one.name, one.value, counter.value
  FROM counter, unnest(CAST(:names AS TEXT[]), CAST(:values AS TEXT[])) AS one (name, value) WHERE counter.name = 'task'
),
began AS (
  INSERT INTO event (task_id, seq, at, type, data)
  SELECT :id, one.seq, :at, one.type, one.data
  FROM unnest(CAST(:types AS TEXT[]), CAST(:data AS TEXT[])) WITH ORDINALITY AS one (type, data, seq)
)
SELECT seq, created_at FROM added;
