-- serves: 1
-- A vendor's id is one task's; and what a key has used is found by an index.

CREATE TABLE remote (
  vendor TEXT NOT NULL,
  name TEXT NOT NULL,
  task_id TEXT NOT NULL REFERENCES task (id),
  PRIMARY KEY (vendor, name)
);
INSERT INTO remote (vendor, name, task_id)
SELECT vendor, remote, MIN(id) FROM task WHERE remote IS NOT NULL AND run_model LIKE vendor || '/%' GROUP BY vendor, remote;

DROP INDEX task_remote;
CREATE INDEX task_key ON task (key_id, created_at) WHERE key_id IS NOT NULL;
