/** The call sheet at hand: its text, what playing it comes to, its tasks; what is needed for that stays over a reload. */
import { ApiError, get, post, watch } from "../../core/api.js";
import { fresh as freshKey } from "../../core/asking.js";
import { persisted } from "../../core/state.js";
import { computed, signal } from "../../lib/index.js";

/** Its text, TOML. */
export const text = persisted("sheets.text", "");

/** What messages and the saved file call it. */
export const name = persisted("sheets.name", "film.toml");

/** Where all that generates runs: `previz`, or empty for as the sheet and the routing say. */
export const on = persisted("sheets.on", "");

/** What stands for each path in the sheet: `{[path]: {id, name}}`. */
export const files = persisted("sheets.files", {});

/** What playing it comes to, as the server last said; null before. Where the text has a fault it is of before that. */
export const plan = signal(null);

/** Whether the plan is of what would be played now: nothing is handed in whose price was not shown. */
export const current = computed(() => plan.value?.of === JSON.stringify(asked()));

/** What is wrong with the text, and where; an ApiError with its `line`. @type {import("../../lib/index.js").Signal<ApiError | null>} */
export const fault = signal(null);

/** Whether the server is being asked. */
export const asking = signal(false);

/** What became of the tasks since, by id: `{state, progress, artifacts, error …}`. */
export const news = signal({});

/** Its shots: each as planned, with the latest of its task. No news is later than an end, which the plan may tell first. */
export const shots = computed(() =>
  (plan.value?.shots ?? []).map((shot) => {
    const later = shot.task && !ended(shot.task.state) && news.value[shot.task.id];
    return later ? { ...shot, task: { ...shot.task, ...later } } : shot;
  }),
);

const MEDIA = /"([^"\n@]+\.(?:png|jpe?g|webp|gif|bmp|tiff?|mp4|mov|webm|mkv|mp3|wav|flac|m4a|ogg))"/gi;

/** The paths of files on the reader's own machine that the sheet names. */
export const paths = computed(() => {
  const found = [...text.value.matchAll(MEDIA)].map((one) => one[1]).filter((one) => !/^(https?|data):/i.test(one));
  return [...new Set(found)];
});

const watching = new Map();
let latest = 0;

/** Ask the server what playing it comes to. */
export async function look() {
  const mine = ++latest;
  if (!text.value.trim()) {
    plan.value = fault.value = null;
    return;
  }
  asking.value = true;
  const wanted = asked();
  try {
    const found = await post("/v1/sheets/plan", wanted);
    if (mine !== latest) return;
    plan.value = { ...found, of: JSON.stringify(wanted) };
    fault.value = null;
    follow();
  } catch (error) {
    if (mine !== latest) return;
    fault.value = error;
  } finally {
    if (mine === latest) asking.value = false;
  }
}

/**
 * What it would come to if these shots were made anew, and all behind them.
 * @param {string[] | "*"} anew
 */
export function priced(anew) {
  return post("/v1/sheets/plan", { ...asked(), fresh: anew });
}

/**
 * Hand in what does not stand already; only while the plan is current.
 * @param {string[] | "*"} [anew] shots to be made anew, and all behind them
 */
export async function play(anew = []) {
  const mine = ++latest;
  asking.value = false;
  const played = await post("/v1/sheets", { ...asked(), fresh: anew }, { headers: { "idempotency-key": freshKey() } });
  if (mine !== latest) return;
  const by = Object.fromEntries(played.shots.map((one) => [one.name, one]));
  const known = plan.value?.shots ?? [];
  plan.value = {
    ...plan.value,
    credits: 0,
    unknown: [],
    shots: known.map((one) => ({ ...one, found: true, gone: by[one.name].gone, quote: null, task: by[one.name].task, stage: by[one.name].task.stage })),
  };
  follow();
}

/**
 * End all that waits or runs of this sheet, also what is just being handed in.
 * @returns {Promise<{shots: object[], credits: {held: number, charged: number | null, released: number}}>} what it came to
 */
export async function stop() {
  const came = await post("/v1/sheets/cancel", { title: plan.value.title });
  await look();
  return came;
}

/** Watch every task that goes on; no other. */
export function follow() {
  const open = new Set((plan.value?.shots ?? []).filter((one) => one.task && !ended(one.task.state)).map((one) => one.task.id));
  for (const [id, stop] of watching) {
    if (!open.has(id)) {
      stop();
      watching.delete(id);
    }
  }
  for (const id of open) if (!watching.has(id)) watching.set(id, watch(id, (event) => hear(id, event), () => look()));
}

/** Watch none any more: the page is left. */
export function leave() {
  for (const stop of watching.values()) stop();
  watching.clear();
}

/** Whether a state is an end. @param {string} state */
export function ended(state) {
  return ["succeeded", "failed", "canceled"].includes(state);
}

function asked() {
  const known = Object.fromEntries(paths.value.filter((one) => files.value[one]).map((one) => [one, files.value[one].id]));
  return { sheet: text.value, name: name.value || "sheet", files: known, ...(on.value ? { on: on.value } : {}) };
}

function hear(id, event) {
  if (event.type === "started") note(id, { state: "running" });
  else if (event.type === "progress") note(id, { state: "running", progress: event.data.progress });
  else if (ended(event.type)) end(id);
}

function note(id, said) {
  news.value = { ...news.value, [id]: { ...news.value[id], ...said } };
}

async function end(id) {
  try {
    note(id, await get(`/v1/tasks/${id}`));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  watching.get(id)?.();
  watching.delete(id);
  if (![...watching.keys()].length) look(); // what failed can be made anew, and has its price again
}
