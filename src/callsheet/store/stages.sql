-- How it goes at the stages where tasks run, read for a page: what is there, and what was heard of each last.

-- name: stage_work
-- What is unfinished, by the model that runs it and what happens with it next.
SELECT run_model, phase, COUNT(*) AS tasks, SUM(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END) AS parked,
  SUM(CASE WHEN attempt > 0 THEN 1 ELSE 0 END) AS retrying, MIN(CASE WHEN attempt > 0 THEN due END) AS next_try
FROM task WHERE phase <> 'done' GROUP BY run_model, phase;

-- name: stage_ends
-- The ends of the last thousand tasks, the latest last.
SELECT id, run_model, state, ended_at, error FROM (
  SELECT id, run_model, state, ended_at, error FROM task WHERE ended_at IS NOT NULL AND seq > 0
  ORDER BY created_at DESC, seq DESC LIMIT 1000
) AS recent WHERE state IN ('succeeded', 'failed') ORDER BY ended_at, id;

-- name: stage_retries
-- What went wrong with the hundred tasks that were tried again last, the latest last.
SELECT event.task_id, tried.run_model, event.at, event.data FROM (
  SELECT id, run_model FROM task WHERE phase <> 'done' AND attempt > 0 ORDER BY updated_at DESC LIMIT 100
) AS tried JOIN event ON event.task_id = tried.id WHERE event.type IN ('retrying', 'parked')
ORDER BY event.at, event.task_id, event.seq;
