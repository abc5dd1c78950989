-- What waits for an operator's word, and how long tasks take. Params are written :name.

-- name: list_unsure, both ways
-- A page of the tasks that wait for an operator's word, of one account or of all.
SELECT * FROM task WHERE phase = 'unsure' AND (CAST(:account AS TEXT) IS NULL OR account = :account)
  AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: with_driver
-- What a vendor works on: neither what is unsure nor what is parked takes a slot of it.
SELECT id FROM task WHERE lane = :lane AND phase <> 'done' AND phase = 'poll' AND parked_at IS NULL;

-- name: patch_due
-- Rule 2, the most frequent case: nothing new, look again later.
UPDATE task SET due = :due, taken = 0, updated_at = :now WHERE id = :id AND fence = :fence RETURNING *;

-- name: own_remote
-- A vendor's id is this task's from now on; changes nothing where it is another's, finished or not.
INSERT INTO remote (vendor, name, task_id) VALUES (:vendor, :remote, :id)
ON CONFLICT (vendor, name) DO UPDATE SET task_id = excluded.task_id WHERE remote.task_id = excluded.task_id
RETURNING task_id;

-- name: remote_owner
-- Which task a vendor's id belongs to.
SELECT task_id FROM remote WHERE vendor = :vendor AND name = :remote;

-- name: no_sibling
-- This task, where no other that asks for the very same is on its way to its vendor: what was found may be that one's.
UPDATE task SET fence = fence WHERE id = :id AND NOT EXISTS (
  SELECT 1 FROM task AS other WHERE other.lane = :lane AND other.phase <> 'done' AND other.phase = 'submit'
    AND other.sent_at IS NOT NULL AND other.id <> :id AND other.run_model = task.run_model
    AND other.run_input = task.run_input)
RETURNING id;

-- name: age_durations
-- Before a new time is counted: all that was counted fades a little, so that the last few hundred decide.
UPDATE duration SET weight = weight * :keep WHERE model = :model;

-- name: add_duration
-- One more task of a model that took about so long.
INSERT INTO duration (model, bucket, weight) VALUES (:model, :bucket, 1)
ON CONFLICT (model, bucket) DO UPDATE SET weight = duration.weight + 1;

-- name: forget_durations
-- What has faded.
DELETE FROM duration WHERE model = :model AND weight < :least;

-- name: durations_of
-- How long the tasks of one model took.
SELECT model, bucket, weight FROM duration WHERE model = :model ORDER BY bucket;
