-- Every statement the store runs, by name. Only what SQLite >= 3.35 and PostgreSQL both understand.
-- Params are written :name. CAST(:x AS TEXT) IS NULL tells PostgreSQL the type of a filter that was not given.

-- name: raise_task_counter
-- The next task's number, and a creation time that never runs backwards.
UPDATE counter SET value = value + 1, latest = CASE WHEN latest > :now THEN latest ELSE :now END WHERE name = 'task';

-- name: add_task
-- A new task under the number just raised.
INSERT INTO task (
  id, seq, account, model, capability, vendor, stage, state, progress, priority, door, webhook, receiver, input, metadata, wire,
  usage, error, phase, lane, due, fence, taken, attempt, remote, sent_at, cancel_asked, run_model, run_input, onward,
  credential, parked_at, told, tells, retention, trace, key_id, held, spent, created_at, started_at, ended_at, updated_at
) VALUES (
  :id, (SELECT value FROM counter WHERE name = 'task'), :account, :model, :capability, :vendor, :stage, :state,
  :progress, :priority, :door, :webhook, :receiver, :input, :metadata, :wire, :usage, :error, :phase, :lane, :due, :fence, :taken,
  :attempt, :remote, :sent_at, :cancel_asked, :run_model, :run_input, :onward, :credential, :parked_at, :told, :tells,
  :retention, :trace,
  :key_id, :held, :spent, (SELECT latest FROM counter WHERE name = 'task'), :started_at, :ended_at,
  (SELECT latest FROM counter WHERE name = 'task')
) RETURNING seq, created_at;

-- name: add_label
-- One entry of the new task's metadata.
INSERT INTO label (account, name, value, seq)
VALUES (:account, :name, :value, (SELECT value FROM counter WHERE name = 'task'));

-- name: add_said
-- What the new task can be found by.
INSERT INTO said (account, seq, text) VALUES (:account, (SELECT value FROM counter WHERE name = 'task'), :text);

-- name: add_alias
-- An id that a dialect gives a new task; given twice, it is a fault of the dialect.
INSERT INTO alias (door, name, task_id) VALUES (:door, :name, :task_id);

-- name: task_by_alias
-- The task a dialect's id stands for, of one account or of any.
SELECT task.* FROM alias JOIN task ON task.id = alias.task_id
WHERE alias.door = :door AND alias.name = :name AND (CAST(:account AS TEXT) IS NULL OR task.account = :account);

-- name: hold_needed
-- The task whose output a new one takes stays as it is while that one is written: its end is then seen, or wakes it.
UPDATE task SET fence = fence WHERE id = :name AND account = :account AND seq > 0 RETURNING id;

-- name: add_need
-- A task or a file that the new task needs.
INSERT INTO need (task_id, name) VALUES (:task_id, :name);

-- name: forget_needs
-- A task that ended needs nothing.
DELETE FROM need WHERE task_id = :task_id;

-- name: wake_ready
-- This task looks at once at what it waits for, if all of that has ended or some of it badly.
UPDATE task SET due = :now
WHERE id = :task_id AND phase = 'wait' AND due > :now AND (
    NOT EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('queued', 'running'))
    OR EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('failed', 'canceled')));

-- name: hold_waiting
-- Those that wait for one that ends are held before they are looked at: of two that end at once the later sees the other.
UPDATE task SET fence = fence WHERE id IN (SELECT task_id FROM need WHERE name = :ended) AND phase = 'wait';

-- name: wake_waiting
-- The same for every task that waits for one that ended, in the transaction that ends it.
UPDATE task SET due = :now
WHERE id IN (SELECT task_id FROM need WHERE name = :ended) AND phase = 'wait' AND due > :now AND (
    NOT EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('queued', 'running'))
    OR EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('failed', 'canceled')));

-- name: recover_waiting
-- The same for all that wait: what a crash could have left undone.
UPDATE task SET due = :now
WHERE lane = 'wait' AND phase <> 'done' AND phase = 'wait' AND due > :now AND (
    NOT EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('queued', 'running'))
    OR EXISTS (SELECT 1 FROM need JOIN task AS other ON other.id = need.name
      WHERE need.task_id = task.id AND other.state IN ('failed', 'canceled')))
RETURNING id;

-- name: add_idempotency
-- Remember a key; changes nothing when the account used it before.
INSERT INTO idempotency (account, key, body_hash, task_id, created_at)
VALUES (:account, :key, :body_hash, :task_id, :now)
ON CONFLICT (account, key) DO NOTHING;

-- name: idempotency
-- The task an account's key named.
SELECT task_id, body_hash FROM idempotency WHERE account = :account AND key = :key;

-- name: forget_idempotency
-- Keys too old to be repeated.
DELETE FROM idempotency WHERE created_at < :before RETURNING task_id;

-- name: add_event
-- The next line of a task's timeline; its task's row was written before it in the same transaction.
INSERT INTO event (task_id, seq, at, type, data)
VALUES (:task_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE task_id = :task_id), :at, :type, :data);

-- name: events
-- A timeline from a number on.
SELECT task_id, seq, at, type, data FROM event WHERE task_id = :task_id AND seq > :after ORDER BY seq LIMIT :limit;

-- name: row
-- One task by id, whoever owns it.
SELECT * FROM task WHERE id = :id;

-- name: task
-- One task of an account; a deleted one has a number below 0.
SELECT * FROM task WHERE id = :id AND account = :account AND seq > 0;

-- name: due
-- What a lane should take now: high priority first, then the longest due.
SELECT id FROM task WHERE lane = :lane AND phase <> 'done' AND due <= :now
ORDER BY priority DESC, due, seq LIMIT :limit;

-- name: next_due
-- When anything is due next, after a time.
SELECT MIN(due) AS due FROM task WHERE phase <> 'done' AND due > :after;

-- name: lanes
-- How many rows wait in each lane and phase.
SELECT lane, phase, COUNT(*) AS waiting FROM task WHERE phase <> 'done' GROUP BY lane, phase;

-- name: take
-- Rule 1: a lane gets a row only by raising its fence; early is for a row nobody holds whose driver has news.
UPDATE task SET fence = fence + 1, taken = 1, due = :lease_until
WHERE id = :id AND phase IN (:phase1, :phase2, :phase3, :phase4, :phase5, :phase6) AND (due <= :now OR (taken = 0 AND :early = 1))
RETURNING *;

-- name: extend
-- A heartbeat: the holder keeps the row for longer.
UPDATE task SET due = :lease_until WHERE id = :id AND fence = :fence AND taken = 1 RETURNING id;

-- name: patch_progress
-- Rule 2, the cheap and frequent case: no index is touched.
UPDATE task SET progress = :progress, updated_at = :now
WHERE id = :id AND fence = :fence AND state NOT IN ('succeeded', 'failed', 'canceled')
RETURNING *;

-- name: patch_course
-- Rule 2 for what happens next; the only change a task knows after its end.
UPDATE task SET
  phase = CASE WHEN :has_phase = 1 THEN :phase ELSE phase END,
  lane = CASE WHEN :has_lane = 1 THEN :lane ELSE lane END,
  due = CASE WHEN :has_due = 1 THEN :due ELSE due END,
  taken = CASE WHEN :has_phase = 1 OR :has_due = 1 THEN 0 ELSE taken END,
  attempt = CASE WHEN :has_attempt = 1 THEN :attempt ELSE attempt END,
  remote = CASE WHEN :has_remote = 1 THEN :remote ELSE remote END,
  sent_at = CASE WHEN :has_sent_at = 1 THEN :sent_at ELSE sent_at END,
  credential = CASE WHEN :has_credential = 1 THEN :credential ELSE credential END,
  parked_at = CASE WHEN :has_parked_at = 1 THEN :parked_at ELSE parked_at END,
  updated_at = :now
WHERE id = :id AND fence = :fence
RETURNING *;

-- name: patch_task
-- Rule 2 for everything else: refused once the task has ended.
UPDATE task SET
  state = CASE WHEN :has_state = 1 THEN :state ELSE state END,
  stage = CASE WHEN :has_stage = 1 THEN :stage ELSE stage END,
  progress = CASE WHEN :has_progress = 1 THEN :progress ELSE progress END,
  input = CASE WHEN :has_input = 1 THEN :input ELSE input END,
  usage = CASE WHEN :has_usage = 1 THEN :usage ELSE usage END,
  error = CASE WHEN :has_error = 1 THEN :error ELSE error END,
  wire = CASE WHEN :has_wire = 1 THEN :wire ELSE wire END,
  started_at = CASE WHEN :has_started_at = 1 THEN :started_at ELSE started_at END,
  ended_at = CASE WHEN :has_ended_at = 1 THEN :ended_at ELSE ended_at END,
  run_model = CASE WHEN :has_run_model = 1 THEN :run_model ELSE run_model END,
  run_input = CASE WHEN :has_run_input = 1 THEN :run_input ELSE run_input END,
  onward = CASE WHEN :has_onward = 1 THEN :onward ELSE onward END,
  phase = CASE WHEN :has_phase = 1 THEN :phase ELSE phase END,
  lane = CASE WHEN :has_lane = 1 THEN :lane ELSE lane END,
  due = CASE WHEN :has_due = 1 THEN :due ELSE due END,
  taken = CASE WHEN :has_phase = 1 OR :has_due = 1 THEN 0 ELSE taken END,
  attempt = CASE WHEN :has_attempt = 1 THEN :attempt ELSE attempt END,
  remote = CASE WHEN :has_remote = 1 THEN :remote ELSE remote END,
  sent_at = CASE WHEN :has_sent_at = 1 THEN :sent_at ELSE sent_at END,
  credential = CASE WHEN :has_credential = 1 THEN :credential ELSE credential END,
  parked_at = CASE WHEN :has_parked_at = 1 THEN :parked_at ELSE parked_at END,
  updated_at = :now
WHERE id = :id AND fence = :fence AND state NOT IN ('succeeded', 'failed', 'canceled')
RETURNING *;

-- name: ask_cancel
-- The caller wants the end; once, and only while there is something to end.
UPDATE task SET cancel_asked = 1, updated_at = :now
WHERE id = :id AND account = :account AND cancel_asked = 0 AND state NOT IN ('succeeded', 'failed', 'canceled')
RETURNING *;

-- name: recover_events
-- One line in the timeline of every row that recover_local sends back.
INSERT INTO event (task_id, seq, at, type, data)
SELECT id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE event.task_id = task.id), :now, 'recovered', :data
FROM task WHERE phase = 'poll' AND stage = :stage;

-- name: recover_local
-- Local work died with its process: it starts again.
UPDATE task SET phase = 'submit', due = :now, taken = 0, remote = NULL, sent_at = NULL, fence = fence + 1,
  updated_at = :now
WHERE phase = 'poll' AND stage = :stage
RETURNING id;

-- name: recover_taken
-- What a dead owner held is due now; its fence is raised, so that a late write of the dead is refused.
UPDATE task SET due = :now, taken = 0, fence = fence + 1 WHERE phase <> 'done' AND taken = 1 RETURNING id;

-- name: raise_file_counter
-- The next file's number.
UPDATE counter SET value = value + 1 WHERE name = 'file';

-- name: add_file
-- A new file under the number just raised.
INSERT INTO file (
  id, seq, account, sha256, bytes, content_type, name, created_at, expires_at, task_id, position, width, height,
  duration, fps, extra
) VALUES (
  :id, (SELECT value FROM counter WHERE name = 'file'), :account, :sha256, :bytes, :content_type, :name, :created_at,
  :expires_at, :task_id, :position, :width, :height, :duration, :fps, :extra
);

-- name: file
-- One file; without an account only behind a checked signature.
SELECT * FROM file WHERE id = :id AND (CAST(:account AS TEXT) IS NULL OR account = :account);

-- name: files_of_task
-- A task's artifacts in their order.
SELECT * FROM file WHERE task_id = :task_id ORDER BY position, seq;

-- name: outputs
-- What a task made and still has, each with its number.
SELECT * FROM file WHERE task_id = :task_id AND account = :account ORDER BY position, seq;

-- name: list_files
-- A page of an account's files, newest first.
SELECT * FROM file WHERE account = :account AND seq < :before ORDER BY seq DESC LIMIT :limit;

-- name: delete_file
-- Forget a file.
DELETE FROM file WHERE id = :id AND account = :account RETURNING *;

-- name: expired_files
-- Files past their time, oldest first, but for those that an unfinished task needs.
SELECT * FROM file WHERE expires_at IS NOT NULL AND expires_at <= :now
  AND NOT EXISTS (SELECT 1 FROM need WHERE need.name = file.id OR need.name = file.task_id)
ORDER BY expires_at LIMIT :limit;

-- name: blob_users
-- How many files name these bytes.
SELECT COUNT(*) AS users FROM file WHERE sha256 = :sha256;

-- name: add_key
-- A new key.
INSERT INTO api_key (
  id, account, name, hash, sealed, created_at, revoked_at, rate, concurrent, budget, period, free_at, unfinished,
  committed, since
) VALUES (
  :id, :account, :name, :hash, :sealed, :created_at, :revoked_at, :rate, :concurrent, :budget, :period, 0, 0, 0, 0
);

-- name: key_by_hash
-- Whose key this is, revoked or not.
SELECT * FROM api_key WHERE hash = :hash;

-- name: keys
-- All keys, newest first.
SELECT * FROM api_key ORDER BY created_at DESC, id DESC;

-- name: keys_of
-- The keys of one account that open something, newest first.
SELECT * FROM api_key WHERE account = :account AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT :limit;

-- name: revoke_key
-- The first revocation stands.
UPDATE api_key SET revoked_at = COALESCE(revoked_at, :now) WHERE id = :id RETURNING *;
