-- Small writes of many tasks in one statement. Params are written :name; both databases read an object with json_each.

-- name: take_due
-- Rule 1 for all of these that are due: `tasks` is an object by id. Who is not in the answer was not to be had.
UPDATE task SET fence = fence + 1, taken = 1, due = :lease_until
WHERE id IN (SELECT key FROM json_each(:tasks)) AND phase <> 'done' AND due <= :now
RETURNING *;

-- name: look_again
-- Rule 2, the most frequent case: nothing new, look again later. `looks` is by id, then by fence, when each is due.
UPDATE task SET due = said.due, taken = 0, updated_at = :now
FROM (
  SELECT held.key AS id, CAST(look.key AS BIGINT) AS fence, CAST(CAST(look.value AS TEXT) AS BIGINT) AS due
  FROM json_each(:looks) AS held, json_each(held.value) AS look
) AS said
WHERE task.id = said.id AND task.fence = said.fence
RETURNING task.id, task.fence, task.cancel_asked;
