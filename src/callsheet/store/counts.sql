-- What is unfinished, counted: for `/metrics`. Each reads the rows that still have something to do, and no others.

-- name: count_unfinished
-- Tasks that have not ended, by all that they are told apart by.
SELECT state, capability, stage, door, COUNT(*) AS tasks FROM task
WHERE phase <> 'done' AND state IN ('queued', 'running') GROUP BY state, capability, stage, door;

-- name: count_phases
-- What happens next with how many rows, and how many of them wait for a key.
SELECT phase, COUNT(*) AS tasks, SUM(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END) AS parked FROM task
WHERE phase <> 'done' GROUP BY phase;

-- name: oldest_due
-- Since when the longest due of the rows is due that nobody has in hand.
SELECT MIN(due) AS due FROM task WHERE phase <> 'done' AND taken = 0 AND due <= :now;

-- name: count_pending
-- Messages to receivers of webhooks that are still to be told.
SELECT COUNT(*) AS messages FROM message WHERE state = 'pending';

-- name: schema_number
-- The last migration that was applied.
SELECT COALESCE(MAX(number), 0) AS number FROM migration;

-- name: newest_task
-- When the newest task was made, by the clock of whoever made it.
SELECT latest FROM counter WHERE name = 'task';
