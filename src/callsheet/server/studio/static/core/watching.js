/** A task's events, live: one stream for all who watch the same task, and plain asking where there are too many. */
import { ApiError, call, get } from "./api.js";

/** A browser opens six connections to a server at most: so many streams leave room for everything else. */
const STREAMS = 3;
const ASK_EVERY = 2000;
const AGAIN_AFTER = [500, 1000, 2000, 5000];
const ENDS = new Set(["succeeded", "failed", "canceled"]);

const watched = new Map();

/**
 * All that happens to a task: what did already, then live, up to its end.
 * @param {string} taskId
 * @param {(event: {seq: number, type: string, at: string, data: object}) => void} onEvent
 * @param {(error: ApiError) => void} [onError] called once, when it cannot be watched
 * @returns {() => void} stops watching
 */
export function watch(taskId, onEvent, onError = () => {}) {
  const task = watched.get(taskId) ?? begin(taskId);
  const watcher = { onEvent, onError };
  task.watchers.add(watcher);
  const seen = [...task.seen];
  queueMicrotask(() => task.watchers.has(watcher) && seen.forEach(onEvent));
  return () => {
    task.watchers.delete(watcher);
    if (!task.watchers.size) end(task);
  };
}

function begin(id) {
  const task = { id, seen: [], watchers: new Set(), stop: new AbortController(), streaming: false };
  watched.set(id, task);
  follow(task);
  return task;
}

function end(task) {
  task.stop.abort();
  if (watched.get(task.id) === task) watched.delete(task.id);
}

async function follow(task) {
  for (let failures = 0; !task.stop.signal.aborted && !ended(task); ) {
    const before = task.seen.length;
    try {
      task.streaming = [...watched.values()].filter((one) => one.streaming).length < STREAMS;
      await (task.streaming ? streamed(task) : asked(task));
      failures = task.seen.length > before ? 0 : failures;
    } catch (error) {
      if (task.stop.signal.aborted) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        for (const one of task.watchers) one.onError(error);
        end(task);
        return;
      }
      failures += 1;
    } finally {
      task.streaming = false;
    }
    if (!ended(task)) await pause(failures ? AGAIN_AFTER[Math.min(failures, AGAIN_AFTER.length) - 1] : ASK_EVERY / 4, task);
  }
  if (watched.get(task.id) === task) watched.delete(task.id);
}

async function streamed(task) {
  const path = `/v1/tasks/${task.id}/events?after=${task.seen.at(-1)?.seq ?? 0}`;
  const response = await call("GET", path, { signal: task.stop.signal, raw: true });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) hear(task, block);
  }
}

async function asked(task) {
  const { data } = await get(`/v1/tasks/${task.id}/timeline`, { signal: task.stop.signal });
  for (const { text: _, ...event } of data) tell(task, event);
  if (!ended(task)) await pause(ASK_EVERY, task);
}

function hear(task, block) {
  const line = block.split("\n").find((one) => one.startsWith("data: "));
  if (line) tell(task, JSON.parse(line.slice(6)));
}

function tell(task, event) {
  if (event.seq <= (task.seen.at(-1)?.seq ?? 0)) return;
  task.seen.push(event);
  for (const one of [...task.watchers]) one.onEvent(event);
}

function ended(task) {
  return ENDS.has(task.seen.at(-1)?.type);
}

function pause(milliseconds, task) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    task.stop.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
