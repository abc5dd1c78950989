-- What only matters where several processes share the rows. Params are written :name.

-- name: position
-- Where a row is, when it is due, and whether anyone has it in hand.
SELECT id, phase, lane, run_model, due, taken, cancel_asked FROM task WHERE id = :id;

-- name: take_over
-- Rule 1 for a row whose holder is known to be gone, or whose end was asked for: whenever it is due.
UPDATE task SET fence = fence + 1, taken = 1, due = :lease_until, updated_at = :now
WHERE id = :id AND phase <> 'done'
RETURNING *;

-- name: agree
-- What all processes must have in common: the first one says it.
INSERT INTO common (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING;

-- name: mark_stopped
-- A play was stopped: whoever hands it in sees another mark than before. Forgotten as Idempotency-Keys are.
INSERT INTO idempotency (account, key, body_hash, task_id, created_at) VALUES (:account, :key, :mark, '', :now)
ON CONFLICT (account, key) DO UPDATE SET body_hash = excluded.body_hash, created_at = excluded.created_at;

-- name: common
-- What the first one said.
SELECT value FROM common WHERE name = :name;

-- name: hold_bytes
-- These bytes are ours until the transaction ends; changes nothing while they are being let go.
INSERT INTO blob (sha256, going) VALUES (:sha256, 0)
ON CONFLICT (sha256) DO UPDATE SET going = 0 WHERE blob.going = 0
RETURNING sha256;

-- name: claim_bytes
-- Who is about to store them says so first.
INSERT INTO claim (sha256, holder, at) VALUES (:sha256, :holder, :now)
ON CONFLICT (sha256, holder) DO UPDATE SET at = :now;

-- name: release_claims
-- What was stored has its row by now.
DELETE FROM claim WHERE holder = :holder;

-- name: forget_claims
-- Who claimed these is dead.
DELETE FROM claim WHERE at <= :before;

-- name: condemn_bytes
-- Nothing names them, and nobody is about to: from here on they are let go.
UPDATE blob SET going = :now
WHERE sha256 = :sha256 AND NOT EXISTS (SELECT 1 FROM file WHERE file.sha256 = :sha256)
  AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.sha256 = :sha256)
RETURNING sha256;

-- name: named_between
-- Which bytes files name, of those from one to another.
SELECT DISTINCT sha256 FROM file WHERE sha256 >= :first AND sha256 <= :last;

-- name: forget_bytes
-- They are gone.
DELETE FROM blob WHERE sha256 = :sha256 AND going > 0;

-- name: keep_left_over
-- Whoever was letting these go did not finish: it is begun anew, for the same bytes may have been stored since.
UPDATE blob SET going = 0 WHERE sha256 IN (
  SELECT sha256 FROM blob WHERE going > 0 AND going <= :before ORDER BY going LIMIT :limit)
RETURNING sha256;
