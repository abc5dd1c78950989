-- Lists of tasks, newest first, and oldest first where it says both ways. Params are written :name. A deleted task has
-- a number below 0, where no list goes.

-- name: seq_from
-- The first task made at or after a time.
SELECT seq FROM task WHERE created_at >= :at AND seq > 0 ORDER BY created_at, seq LIMIT 1;

-- name: seq_to
-- The last task made before a time.
SELECT seq FROM task WHERE created_at < :at AND seq > 0 ORDER BY created_at DESC, seq DESC LIMIT 1;

-- name: list_all, both ways
-- A page of an account's tasks.
SELECT * FROM task WHERE account = :account AND seq < :before AND seq >= :after ORDER BY seq DESC LIMIT :limit;

-- name: list_by_state, both ways
-- A page of tasks in one state.
SELECT * FROM task WHERE account = :account AND state = :state AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_model, both ways
-- A page of tasks of one model in one state.
SELECT * FROM task WHERE account = :account AND model = :model AND state = :state
  AND (CAST(:capability AS TEXT) IS NULL OR capability = :capability)
  AND (CAST(:vendor AS TEXT) IS NULL OR vendor = :vendor)
  AND (CAST(:door AS TEXT) IS NULL OR door = :door)
  AND (CAST(:stage AS TEXT) IS NULL OR stage = :stage)
  AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_capability, both ways
-- A page of tasks of one capability in one state.
SELECT * FROM task WHERE account = :account AND capability = :capability AND state = :state
  AND (CAST(:vendor AS TEXT) IS NULL OR vendor = :vendor)
  AND (CAST(:door AS TEXT) IS NULL OR door = :door)
  AND (CAST(:stage AS TEXT) IS NULL OR stage = :stage)
  AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_vendor, both ways
-- A page of tasks of one vendor in one state.
SELECT * FROM task WHERE account = :account AND vendor = :vendor AND state = :state
  AND (CAST(:door AS TEXT) IS NULL OR door = :door)
  AND (CAST(:stage AS TEXT) IS NULL OR stage = :stage)
  AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_door, both ways
-- A page of tasks of one door in one state.
SELECT * FROM task WHERE account = :account AND door = :door AND state = :state
  AND (CAST(:stage AS TEXT) IS NULL OR stage = :stage)
  AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_stage, both ways
-- A page of tasks that run or ran at one stage, in one state.
SELECT * FROM task WHERE account = :account AND stage = :stage AND state = :state AND seq < :before AND seq >= :after
ORDER BY seq DESC LIMIT :limit;

-- name: list_by_label, both ways
-- A page of tasks that carry up to four labels, in up to five states.
SELECT task.* FROM label JOIN task ON task.account = label.account AND task.seq = label.seq
WHERE label.account = :account AND label.name = :name1 AND label.value = :value1
  AND label.seq < :before AND label.seq >= :after
  AND (CAST(:name2 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS second WHERE second.account = :account
    AND second.name = :name2 AND second.value = :value2 AND second.seq = label.seq))
  AND (CAST(:name3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS third WHERE third.account = :account
    AND third.name = :name3 AND third.value = :value3 AND third.seq = label.seq))
  AND (CAST(:name4 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS fourth WHERE fourth.account = :account
    AND fourth.name = :name4 AND fourth.value = :value4 AND fourth.seq = label.seq))
  AND task.state IN (:state1, :state2, :state3, :state4, :state5)
  AND (CAST(:model AS TEXT) IS NULL OR task.model = :model)
  AND (CAST(:capability AS TEXT) IS NULL OR task.capability = :capability)
  AND (CAST(:vendor AS TEXT) IS NULL OR task.vendor = :vendor)
  AND (CAST(:door AS TEXT) IS NULL OR task.door = :door)
  AND (CAST(:stage AS TEXT) IS NULL OR task.stage = :stage)
ORDER BY label.seq DESC LIMIT :limit;

-- name: said_back_to
-- The last task that a page which looks for words may look at, if there are that many.
SELECT seq FROM said WHERE account = :account AND seq < :before ORDER BY seq DESC LIMIT 1 OFFSET :reach;

-- name: said_on_to
-- The same for a page that begins with the oldest.
SELECT seq FROM said WHERE account = :account AND seq >= :after ORDER BY seq LIMIT 1 OFFSET :reach;

-- name: list_by_text, both ways
-- A page of tasks in whose texts up to four words occur, in up to five states, with up to four labels.
SELECT task.* FROM said JOIN task ON task.account = said.account AND task.seq = said.seq
WHERE said.account = :account AND said.seq < :before AND said.seq >= :after
  AND said.text LIKE :word1 ESCAPE '!'
  AND (CAST(:word2 AS TEXT) IS NULL OR said.text LIKE :word2 ESCAPE '!')
  AND (CAST(:word3 AS TEXT) IS NULL OR said.text LIKE :word3 ESCAPE '!')
  AND (CAST(:word4 AS TEXT) IS NULL OR said.text LIKE :word4 ESCAPE '!')
  AND (CAST(:name1 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS first WHERE first.account = :account
    AND first.name = :name1 AND first.value = :value1 AND first.seq = said.seq))
  AND (CAST(:name2 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS second WHERE second.account = :account
    AND second.name = :name2 AND second.value = :value2 AND second.seq = said.seq))
  AND (CAST(:name3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS third WHERE third.account = :account
    AND third.name = :name3 AND third.value = :value3 AND third.seq = said.seq))
  AND (CAST(:name4 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM label AS fourth WHERE fourth.account = :account
    AND fourth.name = :name4 AND fourth.value = :value4 AND fourth.seq = said.seq))
  AND task.state IN (:state1, :state2, :state3, :state4, :state5)
  AND (CAST(:model AS TEXT) IS NULL OR task.model = :model)
  AND (CAST(:capability AS TEXT) IS NULL OR task.capability = :capability)
  AND (CAST(:vendor AS TEXT) IS NULL OR task.vendor = :vendor)
  AND (CAST(:door AS TEXT) IS NULL OR task.door = :door)
  AND (CAST(:stage AS TEXT) IS NULL OR task.stage = :stage)
ORDER BY said.seq DESC LIMIT :limit;
