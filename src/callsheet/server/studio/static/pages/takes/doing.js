/** What can be done with takes: each by one request of the public API, and said in the words of its answer. */
import { del, media, post } from "../../core/api.js";
import { credits } from "../../core/format.js";
import { whyOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { toast } from "../../parts/toast.js";

const MOST_LABELS = 16;

/**
 * Make a task once more, with the same input.
 * @param {object} task
 * @param {string} key its Idempotency-Key: the same key makes one task, however often it is sent
 * @param {{model?: string, input?: object, stage?: string | null, label?: string}} [other] what is to be different
 * @returns {Promise<object>} the new task
 */
export function again(task, key, { model = task.model, input = task.input, stage = null, label = "again_of" } = {}) {
  const labels = Object.keys(task.metadata).length < MOST_LABELS ? { ...task.metadata, [label]: task.id } : task.metadata;
  const body = { model, input, metadata: labels, ...(stage ? { stage } : {}) };
  return post("/v1/tasks", body, { headers: { "idempotency-key": key } });
}

/** Where a repetition has to run, so that it is the same: only what is not where its routing leads. @param {object} task */
export function stageOf(task) {
  return task.stage === "previz" ? "previz" : null;
}

/** Ask for the end of a task, and say what that comes to. @param {object} task */
export async function cancel(task) {
  const now = await post(`/v1/tasks/${task.id}/cancel`);
  toast(costOf(now.cancel));
  return now;
}

/** What a cancel came to, in one sentence with its money. @param {{why: string, reason: string, credits: object}} said */
export function costOf(said) {
  return [whyOf(said), moneyOf(said.credits)].filter(Boolean).join(" ");
}

/** The money that a cancel moved, in words; empty where none was set aside. @param {object} moved */
export function moneyOf(moved) {
  if (moved.charged === null) return t("takes.cost.unknown");
  const parts = ["held", "charged", "released"].filter((name) => moved[name] > 0);
  const told = parts.map((name) => t(`takes.cost.${name}`, { credits: credits(moved[name]) }));
  return told.join(t("takes.and"));
}

/** Let go of a task that has ended. @param {object} task */
export function remove(task) {
  return del(`/v1/tasks/${task.id}`);
}

/** Save every file of these tasks. @param {object[]} tasks */
export function download(tasks) {
  const files = tasks.flatMap((task) => task.artifacts);
  files.forEach((file, at) => setTimeout(() => save(file), at * 300));
  return files.length;
}

function save(file) {
  const link = Object.assign(document.createElement("a"), { href: media(file), download: file.name });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * Do something with several tasks, one after the other, and say how many of them it was done with.
 * @param {object[]} tasks
 * @param {(task: object) => Promise<unknown>} does
 * @param {string} said the words for that, which take `count`
 */
export async function withEach(tasks, does, said) {
  let done = 0;
  for (const task of tasks) {
    try {
      await does(task);
      done += 1;
    } catch (error) {
      toast(error);
    }
  }
  if (done) toast(t(said, { count: done }), { kind: "good" });
}
