/** Which models could make the same for real: what of an input another model takes, and what it does not. */
import { get, post } from "../../core/api.js";
import { keyOf } from "../make/catalogue.js";

const AT_ONCE = 3;

/**
 * The same input for another model.
 * @param {Record<string, unknown>} input
 * @param {object} from the JSON Schema of the model that it was made for
 * @param {object} to the JSON Schema of the other one
 * @returns {{input: Record<string, unknown>, lost: string[]}} `lost` are the params that were chosen and that the other
 *   does not have; what merely stands there by default is left out without a word
 */
export function fit(input, from, to) {
  const [before, after] = [from.properties ?? {}, to.properties ?? {}];
  const taken = {};
  const lost = [];
  for (const [name, value] of Object.entries(input)) {
    const unchosen = before[name] && same(before[name].default, value);
    if (name in after) taken[name] = value;
    else if (!unchosen) lost.push(name);
  }
  for (const [name, value] of Object.entries(taken)) {
    const unchosen = before[name] && same(before[name].default, value);
    if (unchosen && !allows(after[name], value)) delete taken[name];
  }
  return { input: taken, lost };
}

/**
 * Those that could take a task of this capability at a real vendor, the one that was asked for first.
 * @param {object} task
 * @returns {Promise<string[]>} model ids
 */
export async function candidates(task) {
  const [models, vendors] = await Promise.all([get("/v1/models", { query: { capability: task.capability } }), get("/v1/vendors")]);
  const live = new Set(vendors.data.filter((one) => one.live && !one.local).map((one) => one.id));
  const found = models.data.filter((one) => live.has(one.vendor)).map((one) => one.id);
  return found.sort((one, other) => (other === task.model) - (one === task.model));
}

/**
 * The settings that would make a vendor of this capability live here, by name.
 * @param {object} task
 * @returns {Promise<string[]>}
 */
export async function settings(task) {
  const [models, vendors] = await Promise.all([get("/v1/models", { query: { capability: task.capability } }), get("/v1/vendors")]);
  const able = new Set(models.data.map((one) => one.vendor));
  return vendors.data.filter((one) => able.has(one.id) && !one.local && !one.live).map((one) => keyOf(one.id));
}

/**
 * What each of these models would take for the task, told as each answers.
 * @param {object} task
 * @param {string[]} models
 * @param {(offer: {model: string, input: object, lost: string[], quote?: object, error?: Error}) => void} tell
 * @param {AbortSignal} signal
 */
export async function offers(task, models, tell, signal) {
  const from = (await get(`/v1/models/${task.model}`, { signal })).input_schema;
  const waiting = [...models];
  const work = async () => {
    for (let model = waiting.shift(); model && !signal.aborted; model = waiting.shift()) tell(await offer(task, from, model, signal));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function offer(task, from, model, signal) {
  const own = model === task.model;
  const to = own ? from : (await get(`/v1/models/${model}`, { signal })).input_schema;
  const { input, lost } = own ? { input: task.input, lost: [] } : fit(task.input, from, to);
  try {
    const quote = await post("/v1/quotes", { model, input, stage: model }, { signal });
    return { model, input, lost, quote };
  } catch (error) {
    return { model, input, lost, error };
  }
}

function allows(schema, value) {
  if (!schema) return false;
  if (schema.enum) return schema.enum.includes(value);
  if (schema.const !== undefined) return same(schema.const, value);
  if (typeof value === "number") return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  return true;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
