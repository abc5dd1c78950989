-- The statements that move credits. Nothing here changes or deletes an entry: what was wrong is put right by another.

-- name: hold_funds
-- Set aside what a task may cost. A metered account needs the funds, and a price: else nothing changes.
INSERT INTO account (name, metered, funds, held, spent, entries)
SELECT CAST(:account AS TEXT), 0, CAST(:funds AS BIGINT), CAST(:held AS BIGINT), 0, CAST(:entries AS BIGINT)
WHERE CAST(:metered AS BIGINT) = 0 OR (CAST(:funds AS BIGINT) >= 0 AND CAST(:unpriced AS BIGINT) = 0)
  OR EXISTS (SELECT 1 FROM account WHERE name = CAST(:account AS TEXT))
ON CONFLICT (name) DO UPDATE SET
  funds = account.funds + excluded.funds, held = account.held + excluded.held,
  entries = account.entries + excluded.entries
WHERE (account.metered = 0 AND CAST(:metered AS BIGINT) = 0)
  OR (CAST(:unpriced AS BIGINT) = 0 AND (excluded.funds >= 0 OR account.funds + excluded.funds >= 0))
RETURNING name;

-- name: move_funds
-- What a task came to is what it came to, whether the account has it or not.
INSERT INTO account (name, metered, funds, held, spent, entries)
VALUES (:account, 0, :funds, :held, :spent, :entries)
ON CONFLICT (name) DO UPDATE SET
  funds = account.funds + excluded.funds, held = account.held + excluded.held, spent = account.spent + excluded.spent,
  entries = account.entries + excluded.entries
RETURNING name;

-- name: meter_account
-- From its first funding on, an account spends no more than it has.
UPDATE account SET metered = 1 WHERE name = :account;

-- name: add_entry
-- The next line of an account's ledger, whose number move_funds or hold_funds has just given out. A movement of a task
-- that stands already changes nothing.
INSERT INTO ledger_entry (
  account, seq, at, task_id, kind, sequence, source, target, amount, unit, priced, memo, key_id
) VALUES (
  :account, (SELECT entries FROM account WHERE name = :account) - :back, :at, :task_id, :kind, :sequence, :source,
  :target, :amount, :unit, :priced, :memo, :key_id
)
ON CONFLICT (task_id, kind, sequence) DO NOTHING;

-- name: move_held
-- What a task holds and has cost; never below nothing.
UPDATE task SET held = held + :held, spent = spent + :spent
WHERE id = :task_id AND held + :held >= 0 AND spent + :spent >= 0
RETURNING id;

-- name: move_committed
-- What a task's key has used of its budget, in the period in which the task was made.
UPDATE api_key SET committed = committed + :change
WHERE id = (SELECT key_id FROM task WHERE task.id = :task_id)
  AND since <= (SELECT created_at FROM task WHERE task.id = :task_id);

-- name: admit
-- One more task of a key: within its rate, with a place free, within its budget; else nothing changes.
UPDATE api_key SET
  unfinished = unfinished + 1,
  free_at = CASE WHEN rate IS NULL THEN free_at WHEN free_at > :now THEN free_at + 60000000 / rate
    ELSE :now + 60000000 / rate END,
  committed = :amount + CASE WHEN since >= CASE period WHEN 'day' THEN :day WHEN 'month' THEN :month ELSE 0 END
    THEN committed ELSE 0 END,
  since = CASE WHEN since >= CASE period WHEN 'day' THEN :day WHEN 'month' THEN :month ELSE 0 END THEN since
    WHEN period = 'day' THEN :day ELSE :month END
WHERE id = :id
  AND (rate IS NULL OR CASE WHEN free_at > :now THEN free_at ELSE :now END + 60000000 / rate <= :now + 60000000)
  AND (concurrent IS NULL OR unfinished < concurrent)
  AND (budget IS NULL OR (:unpriced = 0 AND (:amount = 0 OR :amount + CASE
    WHEN since >= CASE period WHEN 'day' THEN :day WHEN 'month' THEN :month ELSE 0 END THEN committed ELSE 0 END
    <= budget)))
RETURNING id;

-- name: let_go
-- A task has ended: its key has a place free again.
UPDATE api_key SET unfinished = unfinished - 1 WHERE id = (SELECT key_id FROM task WHERE task.id = :task_id);

-- name: key
-- One key.
SELECT * FROM api_key WHERE id = :id;

-- name: hold_key
-- The key's row is ours until the transaction ends: whoever moves what it has used has done so before, or waits.
UPDATE api_key SET since = since WHERE id = :id;

-- name: limit_key
-- What a key may do from now on; what it has used of its new period is counted anew.
UPDATE api_key SET rate = :rate, concurrent = :concurrent, budget = :budget, period = :period, since = :since,
  free_at = 0, committed = (SELECT CAST(COALESCE(SUM(task.held + task.spent), 0) AS BIGINT) FROM task
    WHERE task.key_id = api_key.id AND task.created_at >= :since)
WHERE id = :id
RETURNING *;

-- name: account
-- What one account has.
SELECT * FROM account WHERE name = :account;

-- name: accounts
-- What every account has.
SELECT * FROM account ORDER BY name;

-- name: entries_of_account
-- A page of an account's ledger, newest first.
SELECT * FROM ledger_entry WHERE account = :account AND seq < :before ORDER BY seq DESC LIMIT :limit;

-- name: open_holds
-- A page of what is set aside for an account's tasks that have not ended.
SELECT ledger_entry.* FROM task JOIN ledger_entry ON ledger_entry.task_id = task.id
WHERE task.account = :account AND task.phase <> 'done' AND task.held > 0
  AND ledger_entry.kind = 'hold' AND ledger_entry.account = :account AND ledger_entry.seq < :before
ORDER BY ledger_entry.seq DESC LIMIT :limit;

-- name: entries_of_task
-- Every movement of a task, in order.
SELECT * FROM ledger_entry WHERE task_id = :task_id AND (CAST(:account AS TEXT) IS NULL OR account = :account)
ORDER BY seq;

-- name: ledger_sums
-- What the entries of each account come to.
SELECT account, CAST(COUNT(*) AS BIGINT) AS entries, MAX(seq) AS latest,
  CAST(SUM(CASE WHEN target = 'funds' THEN amount ELSE 0 END - CASE WHEN source = 'funds' THEN amount ELSE 0 END)
    AS BIGINT) AS funds,
  CAST(SUM(CASE WHEN target = 'held' THEN amount ELSE 0 END - CASE WHEN source = 'held' THEN amount ELSE 0 END)
    AS BIGINT) AS held,
  CAST(SUM(CASE WHEN target = 'spent' THEN amount ELSE 0 END - CASE WHEN source = 'spent' THEN amount ELSE 0 END)
    AS BIGINT) AS spent
FROM ledger_entry GROUP BY account ORDER BY account;

-- name: ledger_wrong_tasks
-- Every task whose entries do not come to what it says of itself, or that is over and still holds something.
SELECT entry.task_id, entry.account, task.state, task.account AS owner, task.held AS says_held, task.spent AS says_spent,
  entry.holds, entry.settled, entry.released, entry.spent
FROM (
  SELECT task_id, account,
    CAST(SUM(CASE WHEN target = 'held' THEN amount ELSE 0 END) AS BIGINT) AS holds,
    CAST(SUM(CASE WHEN source = 'held' AND target = 'spent' THEN amount ELSE 0 END) AS BIGINT) AS settled,
    CAST(SUM(CASE WHEN source = 'held' AND target <> 'spent' THEN amount ELSE 0 END) AS BIGINT) AS released,
    CAST(SUM(CASE WHEN target = 'spent' THEN amount ELSE 0 END - CASE WHEN source = 'spent' THEN amount ELSE 0 END)
      AS BIGINT) AS spent
  FROM ledger_entry WHERE task_id IS NOT NULL GROUP BY task_id, account
) AS entry LEFT JOIN task ON task.id = entry.task_id
WHERE task.id IS NULL AND entry.holds <> entry.settled + entry.released
  OR task.account <> entry.account OR task.held <> entry.holds - entry.settled - entry.released
  OR task.spent <> entry.spent OR (task.held <> 0 AND task.state IN ('succeeded', 'failed', 'canceled'))
ORDER BY entry.task_id;

-- name: ledger_bare_tasks
-- Tasks that say of themselves what no entry bears out.
SELECT id, account, held, spent FROM task WHERE (held <> 0 OR spent <> 0)
  AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE ledger_entry.task_id = task.id) ORDER BY id;

-- name: ledger_wrong_keys
-- Keys that have counted otherwise than their tasks.
SELECT api_key.id, api_key.unfinished, api_key.committed, COALESCE(counted.unfinished, 0) AS really_unfinished,
  COALESCE(counted.committed, 0) AS really_committed
FROM api_key LEFT JOIN (
  SELECT task.key_id,
    CAST(SUM(CASE WHEN task.state IN ('queued', 'running') THEN 1 ELSE 0 END) AS BIGINT) AS unfinished,
    CAST(SUM(CASE WHEN task.created_at >= api_key.since THEN task.held + task.spent ELSE 0 END) AS BIGINT) AS committed
  FROM task JOIN api_key ON api_key.id = task.key_id GROUP BY task.key_id
) AS counted ON counted.key_id = api_key.id
WHERE api_key.unfinished <> COALESCE(counted.unfinished, 0) OR api_key.committed <> COALESCE(counted.committed, 0)
ORDER BY api_key.id;

-- name: ledger_unpriced
-- The models that ran without a price, how often, and what of it was told in the end.
SELECT task.run_model AS model, CAST(COUNT(*) AS BIGINT) AS tasks, CAST(SUM(task.spent) AS BIGINT) AS spent
FROM ledger_entry JOIN task ON task.id = ledger_entry.task_id
WHERE ledger_entry.kind = 'hold' AND ledger_entry.priced = 0 GROUP BY task.run_model ORDER BY task.run_model;

-- name: tell_usage
-- What a task turned out to have cost after its end.
UPDATE task SET usage = :usage, updated_at = :now WHERE id = :task_id;
