-- What waits for an operator's word, and how long tasks take. Params are written :name.

-- name: list_unsure
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

-- name: known_as
-- Which other task a vendor's id belongs to.
SELECT id FROM task WHERE remote = :remote AND id <> :id AND run_model LIKE :models LIMIT 1;

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
