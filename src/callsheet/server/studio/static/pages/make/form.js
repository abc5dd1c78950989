/** What is filled in, per model and kept over a reload; what is sent of it; and one key for each thing that is sent. */
import { persisted } from "../../core/state.js";

/** The model that the form is for. */
export const chosen = persisted("make.model", "previz/text-to-video");

/** Where it is to run: empty for wherever the server's routing says. */
export const stage = persisted("make.stage", "");

const pending = persisted("make.pending", null);

/**
 * The values of a model's form: only what was set. A signal, kept in the browser.
 * @param {string} id
 */
export function values(id) {
  return persisted(`make.form.${id}`, {});
}

/**
 * The form with one value changed; undefined, an empty text and an empty list leave the param out.
 * @param {Record<string, unknown>} form
 * @param {string} name
 * @param {unknown} value
 */
export function changed(form, name, value) {
  const { [name]: _, ...rest } = form;
  return empty(value) ? rest : { ...rest, [name]: value };
}

/**
 * The input that is sent: media as the id of a file, an address, or another task's output.
 * @param {Record<string, unknown>} form
 */
export function inputOf(form) {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, sent(value)]).filter(([, value]) => value !== undefined));
}

/**
 * A form from an input, as a task has it: the way back of `inputOf`. What is as the server takes it anyway is left out.
 * @param {Record<string, unknown>} input
 * @param {import("./schema.js").Param[]} params
 */
export function formOf(input, params) {
  const known = new Map(params.map((one) => [one.name, one]));
  return Object.fromEntries(
    Object.entries(input)
      .filter(([name, value]) => known.has(name) && value !== null && value !== known.get(name).initial)
      .map(([name, value]) => [name, filled(value, known.get(name))]),
  );
}

/**
 * The Idempotency-Key of what is about to be sent: the same for the same thing until `delivered` is told, also over a
 * reload, so that a double click or a second try after a lost answer makes one task.
 * @param {object} body
 */
export function keyFor(body) {
  const print = JSON.stringify(body);
  if (pending.peek()?.print !== print) pending.value = { print, key: random() };
  return pending.peek().key;
}

/** The answer came: what is sent next is another task. */
export function delivered() {
  pending.value = null;
}

/** A seed that anything may take. */
export function dice(max = 4_294_967_295) {
  return Math.floor(Math.random() * Math.min(max, 4_294_967_295));
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

function empty(value) {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
}

/** A medium in a form is `{file, …}`, `{url}` or `{from, output, …}`, with what is shown of it. */
function sent(value) {
  if (Array.isArray(value)) return value.map(sent);
  if (value === null || typeof value !== "object") return value;
  if (value.file) return value.file.id;
  if (value.url) return value.url;
  if (value.uploading !== undefined) return undefined;
  if (value.from && value.shown) return { from: value.from, output: value.output };
  return inputOf(value);
}

function filled(value, param) {
  if (param.kind === "rows" && Array.isArray(value)) return value.map((row) => formOf(row, param.fields));
  if (param.kind === "medias" && Array.isArray(value)) return value.map((one) => medium(one, param));
  if (["media", "mask"].includes(param.kind)) return medium(value, param);
  return value;
}

function medium(value, param) {
  if (typeof value !== "string") return { ...value, shown: { kind: param.medium } };
  return value.startsWith("file_") ? { file: { id: value, kind: param.medium } } : { url: value };
}
