-- What is to be told to receivers of webhooks, and every try to tell it.
-- 4611686018427387904 is the due time of a message that waits for an earlier one of its task. Whoever writes messages of a
-- task changes the task's row first: what is added and what is settled at the same moment then see each other.

-- name: add_message
-- What an event has to tell, where the task asks for it; a kind is told once, and after what the task told before.
INSERT INTO message (
  id, task_id, position, account, kind, url, receiver, state, due, fence, taken, attempt, spent, since, created_at,
  settled_at
)
SELECT :id, task.id, (SELECT COUNT(*) + 1 FROM message WHERE task_id = :task_id), task.account, :kind, task.webhook,
  task.receiver, 'pending',
  CASE WHEN EXISTS (SELECT 1 FROM message WHERE task_id = :task_id AND state = 'pending') THEN 4611686018427387904
    ELSE :now END,
  0, 0, 0, 0, :now, :now, NULL
FROM task
WHERE task.id = :task_id AND task.webhook IS NOT NULL AND ' ' || task.tells || ' ' LIKE '% ' || :kind || ' %'
ON CONFLICT (task_id, kind) DO NOTHING;

-- name: hold_task
-- The task's row is ours until the transaction ends.
UPDATE task SET fence = fence WHERE id = :task_id;

-- name: tell_task
-- How the task's webhook stands: pending while anything is, else as its last message.
UPDATE task SET told = CASE
  WHEN EXISTS (SELECT 1 FROM message WHERE task_id = :task_id AND state = 'pending') THEN 'pending'
  ELSE (SELECT state FROM message WHERE task_id = :task_id ORDER BY position DESC LIMIT 1) END
WHERE id = :task_id AND EXISTS (SELECT 1 FROM message WHERE task_id = :task_id);

-- name: due_receivers
-- Whom something is due to, the longest due first: one look into the index for each, however much waits for it.
WITH RECURSIVE one (name) AS (
  SELECT MIN(receiver) FROM message WHERE state = 'pending'
  UNION ALL
  SELECT (SELECT MIN(receiver) FROM message WHERE state = 'pending' AND receiver > one.name) FROM one
  WHERE one.name IS NOT NULL
)
SELECT name, due FROM (
  SELECT one.name AS name, (SELECT MIN(due) FROM message WHERE state = 'pending' AND receiver = one.name) AS due FROM one
  WHERE one.name IS NOT NULL
) AS waiting
WHERE due <= :now ORDER BY due, name LIMIT :limit;

-- name: due_messages
-- What is due to one receiver.
SELECT id FROM message WHERE state = 'pending' AND receiver = :receiver AND due <= :now ORDER BY due, id LIMIT :limit;

-- name: next_message_due
-- When anything is due next, after a time.
SELECT MIN(due) AS due FROM message WHERE state = 'pending' AND due > :after AND due < 4611686018427387904;

-- name: take_message
-- A message is told by whoever raised its fence, until the lease is over.
UPDATE message SET fence = fence + 1, taken = 1, due = :lease_until
WHERE id = :id AND state = 'pending' AND due <= :now
RETURNING *;

-- name: release_message
-- It was taken and not told: it is due again.
UPDATE message SET taken = 0, due = :now WHERE id = :id AND fence = :fence AND state = 'pending' AND taken = 1;

-- name: settle_message
-- What came of a try; refused to who lost the message meanwhile.
UPDATE message SET state = :state, due = :due, taken = 0, attempt = attempt + 1, settled_at = :settled_at
WHERE id = :id AND fence = :fence AND state = 'pending'
RETURNING *;

-- name: free_message
-- The next of a task's messages, once none before it is pending.
UPDATE message SET due = :now
WHERE task_id = :task_id AND state = 'pending' AND due = 4611686018427387904
  AND position = (SELECT MIN(position) FROM message WHERE task_id = :task_id AND state = 'pending');

-- name: rest_receiver
-- A receiver that does not answer is left alone for a while; what a dead process had taken for it rests as well.
UPDATE message SET due = :until, taken = 0
WHERE state = 'pending' AND receiver = :receiver AND (taken = 0 OR due <= :now) AND due < :until;

-- name: recover_messages
-- What a dead owner held is due now; a late write of the dead is refused.
UPDATE message SET taken = 0, due = :now, fence = fence + 1 WHERE state = 'pending' AND taken = 1 RETURNING id;

-- name: redeliver_message
-- It is told again, under its own id; one that is being told right now only gets all its tries back.
UPDATE message SET
  state = 'pending',
  settled_at = NULL,
  spent = attempt,
  since = :now,
  due = CASE
    WHEN state = 'pending' AND taken = 1 THEN due
    WHEN EXISTS (SELECT 1 FROM message AS earlier WHERE earlier.task_id = message.task_id
      AND earlier.position < message.position AND earlier.state = 'pending') THEN 4611686018427387904
    ELSE :now END
WHERE id = :id
RETURNING *;

-- name: message
-- One message; without an account for the operator.
SELECT * FROM message WHERE id = :id AND (CAST(:account AS TEXT) IS NULL OR account = :account);

-- name: list_messages
-- A page of messages, newest first.
SELECT * FROM message WHERE account = :account AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: list_messages_by_state
-- A page of messages in one state.
SELECT * FROM message WHERE account = :account AND state = :state AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: list_messages_of_task
-- A page of a task's messages.
SELECT * FROM message WHERE account = :account AND task_id = :task_id
  AND (CAST(:state AS TEXT) IS NULL OR state = :state) AND id < :before
ORDER BY id DESC LIMIT :limit;

-- name: add_delivery
-- One more try to tell a message.
INSERT INTO delivery (message_id, task_id, seq, at, url, status, error, took, body)
VALUES (:message_id, :task_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM delivery WHERE message_id = :message_id), :at, :url,
  :status, :error, :took, :body);

-- name: deliveries
-- Every try of a message, in order.
SELECT * FROM delivery WHERE message_id = :message_id ORDER BY seq;

-- name: deliveries_of_task
-- Every try of a task's messages, in the order in which the task told them.
SELECT delivery.* FROM delivery JOIN message ON message.id = delivery.message_id
WHERE delivery.task_id = :task_id ORDER BY delivery.at, message.position, delivery.seq;

-- name: forget_deliveries
-- The tries of messages settled long ago.
DELETE FROM delivery WHERE message_id IN (SELECT id FROM message WHERE state <> 'pending' AND settled_at < :before
  ORDER BY settled_at, id LIMIT :limit);

-- name: forget_messages
-- The messages themselves.
DELETE FROM message WHERE id IN (SELECT id FROM message WHERE state <> 'pending' AND settled_at < :before
  ORDER BY settled_at, id LIMIT :limit)
RETURNING id;
