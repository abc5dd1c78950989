-- serves: 1
-- What ended long ago is found by an index.

CREATE INDEX task_ended ON task (ended_at, id) WHERE phase = 'done' AND seq > 0;
