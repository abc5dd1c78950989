-- Deleting an ended task: what it says goes, what it cost stays. Params are written :name.

-- name: erase_task
-- Its row stays, under minus its number, with its vendor's id, its money and its key, and without anything it said.
UPDATE task SET seq = -seq, fence = fence + 1, input = '{}', run_input = '{}', metadata = '{}', wire = '{}',
  usage = '{}', error = NULL, webhook = NULL, receiver = NULL, tells = '', told = '', updated_at = :now
WHERE id = :id AND account = :account AND seq > 0 AND phase = 'done' AND told <> 'pending'
  AND state IN ('succeeded', 'failed', 'canceled')
  AND NOT EXISTS (SELECT 1 FROM need WHERE need.name = :id)
  AND NOT EXISTS (SELECT 1 FROM need JOIN file ON file.id = need.name WHERE file.task_id = :id)
RETURNING id;

-- name: ended_before
-- What ended before a time and was not deleted, behind the last that was looked at.
SELECT account, id, ended_at FROM task
WHERE phase = 'done' AND seq > 0 AND ended_at < :before AND (ended_at, id) > (:at, :id)
ORDER BY ended_at, id LIMIT :limit;

-- name: erase_label
-- One entry of its metadata.
DELETE FROM label WHERE account = :account AND name = :name AND value = :value AND seq = :seq;

-- name: erase_said
-- What it was found by.
DELETE FROM said WHERE account = :account AND seq = :seq;

-- name: erase_events
-- Its timeline.
DELETE FROM event WHERE task_id = :id;

-- name: erase_aliases
-- The ids by which a vendor's clients knew it.
DELETE FROM alias WHERE task_id = :id;

-- name: erase_deliveries
-- Every try to tell of it.
DELETE FROM delivery WHERE task_id = :id;

-- name: erase_messages
-- What was told of it.
DELETE FROM message WHERE task_id = :id;

-- name: erase_exchanges
-- What was said to its vendor.
DELETE FROM exchange WHERE task_id = :id;

-- name: erase_files
-- What it made.
DELETE FROM file WHERE task_id = :id RETURNING *;

-- name: add_exchange
-- The next request to a task's vendor with its answer; after so many the last one is written over.
INSERT INTO exchange (task_id, seq, at, took, method, url, status, error, request, response)
VALUES (:task_id, (SELECT CASE WHEN COUNT(*) < :most THEN COUNT(*) + 1 ELSE :most END FROM exchange WHERE task_id = :task_id),
  :at, :took, :method, :url, :status, :error, :request, :response)
ON CONFLICT (task_id, seq) DO UPDATE SET at = excluded.at, took = excluded.took, method = excluded.method,
  url = excluded.url, status = excluded.status, error = excluded.error, request = excluded.request,
  response = excluded.response;

-- name: exchanges
-- What was said to a task's vendor, oldest first.
SELECT at, took, method, url, status, error, request, response FROM exchange WHERE task_id = :task_id ORDER BY seq;
