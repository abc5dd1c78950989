-- Every row that has something to do has an entry in PgQueuer's queue, written in the transaction that writes the row.
-- An entry names a station: `run:vidu` for a vendor (from submit to its end there, so that its limit is the queue's),
-- `run:previz/text-to-video` for a render (placed where it can be made), else the lane itself.

CREATE FUNCTION callsheet_station(lane TEXT, run_model TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN lane NOT LIKE 'submit:%' AND lane NOT LIKE 'poll:%' THEN lane
    WHEN split_part(run_model, '/', 1) IN ('previz', 'edit') THEN 'run:' || run_model
    ELSE 'run:' || split_part(lane, ':', 2)
  END
$$;

-- When an entry may be delivered. What is due by a clock that is a little ahead of the server's is due now.
CREATE FUNCTION callsheet_moment(due BIGINT) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN due / 1000.0 <= EXTRACT(EPOCH FROM now()) + 1 THEN now()
    ELSE to_timestamp(LEAST(due, 4102444800000) / 1000.0) END
$$;

-- By task, for the triggers and the reconciler.
CREATE INDEX callsheet_entry ON pgqueuer (payload);

CREATE FUNCTION callsheet_enter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  station TEXT := callsheet_station(NEW.lane, NEW.run_model);
  task BYTEA := convert_to(NEW.id, 'UTF8');
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.phase <> 'done' AND station = callsheet_station(OLD.lane, OLD.run_model) THEN
      UPDATE pgqueuer SET execute_after = callsheet_moment(NEW.due)
      WHERE payload = task AND entrypoint = station AND status = 'queued';
      PERFORM pg_notify('callsheet', 'due ' || NEW.id);
      RETURN NULL;
    END IF;
    DELETE FROM pgqueuer WHERE payload = task AND status = 'queued';
  END IF;
  IF NEW.phase <> 'done' THEN
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, status)
    VALUES (NEW.priority, station, task, callsheet_moment(NEW.due), NEW.id || ' ' || NEW.fence || ' ' || station, 'queued')
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER callsheet_entered AFTER INSERT ON task FOR EACH ROW EXECUTE FUNCTION callsheet_enter();

-- It goes to another station or ends; or someone woke it whom its holder does not know of, as a callback or an operator
-- does who ends the doubt about it: its entry may lie in the queue for a day.
CREATE TRIGGER callsheet_moved AFTER UPDATE OF lane, phase, due, run_model ON task FOR EACH ROW
WHEN (
  callsheet_station(OLD.lane, OLD.run_model) <> callsheet_station(NEW.lane, NEW.run_model)
  OR (OLD.phase <> 'done' AND NEW.phase = 'done')
  OR (OLD.taken = 0 AND NEW.taken = 0 AND NEW.due < OLD.due)
  OR (OLD.phase = 'unsure' AND NEW.phase <> 'unsure')
)
EXECUTE FUNCTION callsheet_enter();

-- A reader at any server hears of an event the moment it stands.
CREATE FUNCTION callsheet_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('callsheet', 'event ' || NEW.task_id);
  RETURN NULL;
END
$$;

CREATE TRIGGER callsheet_told AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION callsheet_tell();

-- Whoever tells webhooks hears of a message that is due at once.
CREATE FUNCTION callsheet_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('callsheet', 'message ' || NEW.task_id);
  RETURN NULL;
END
$$;

CREATE TRIGGER callsheet_message_added AFTER INSERT ON message FOR EACH ROW EXECUTE FUNCTION callsheet_message();

-- One that waited for an earlier message, or that was asked for again.
CREATE TRIGGER callsheet_message_freed AFTER UPDATE OF due ON message FOR EACH ROW
WHEN (NEW.state = 'pending' AND NEW.taken = 0 AND (OLD.state <> 'pending' OR NEW.due < OLD.due))
EXECUTE FUNCTION callsheet_message();
