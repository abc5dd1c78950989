/** What a model's facts say about each param, in the form that controls need: its kind, its limits, where it stands. */

/**
 * One param of a form.
 * @typedef {object} Param
 * @property {string} name
 * @property {"text"|"prompt"|"number"|"choice"|"ratio"|"moves"|"seed"|"switch"|"media"|"medias"|"mask"|"list"|"rows"|"moment"|"json"} kind
 * @property {string} description
 * @property {boolean} required
 * @property {unknown} [initial] what the server takes where it is left out
 * @property {(string | number)[]} [values]
 * @property {number} [min] @property {number} [max] @property {number} [step] @property {boolean} [whole]
 * @property {number} [maxLength] @property {number} [minItems] @property {number} [maxItems]
 * @property {string} [unit]
 * @property {"image"|"video"|"audio"} [medium]
 * @property {object} [media] limits: formats, content_types, max_bytes, min_side, max_side, min_ratio, max_ratio, …
 * @property {Param[]} [fields] of each row
 * @property {string[]} [examples]
 */

const LONG = new Set(["prompt", "negative_prompt", "text", "prompt_text", "subtitles"]);
const SHAPE = ["aspect_ratio", "resolution", "duration", "camera_move", "motion", "control", "strength", "voice", "language"];
const LAST = ["count", "generate_audio", "seed"];
const MADE_OF = ["image", "init_image", "last_image", "images", "video", "videos", "clips", "audio", "audios", "tracks", "mask", "subjects", "shots", "template", "text", "prompt", "cues", "subtitles", "at", "scale", "start", "end"];

/**
 * The params of a model, in the order of its facts.
 * @param {{properties: Record<string, object>, required?: string[]}} schema
 * @returns {Param[]}
 */
export function params(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, said]) => param(name, said, required.has(name)));
}

/**
 * The params in three groups: what it is made of, its shape, and the rest, which is shown on demand.
 * @param {Param[]} all
 * @returns {{first: Param[], shape: Param[], more: Param[]}}
 */
export function grouped(all) {
  const first = all.filter((one) => one.required || MADE_OF.includes(one.name));
  const shape = [...SHAPE, ...LAST].map((name) => all.find((one) => one.name === name)).filter((one) => one && !first.includes(one));
  const more = all.filter((one) => !first.includes(one) && !shape.includes(one));
  first.sort((one, other) => place(one) - place(other));
  return { first, shape, more };
}

/**
 * The rules between params that an input breaks: those a form can tell before it is sent.
 * @param {{allOf?: object[]}} schema
 * @param {Record<string, unknown>} input
 * @returns {string[]} their reasons
 */
export function broken(schema, input) {
  return (schema.allOf ?? []).filter((rule) => applies(rule.if, input) && !holds(rule.then ?? rule, input)).map((rule) => rule.description);
}

function place(one) {
  const at = MADE_OF.indexOf(one.name);
  return at < 0 ? 50 : at;
}

function param(name, said, required) {
  const own = said["x-callsheet"] ?? {};
  const plain = said.anyOf?.[0] ?? said;
  const found = {
    name,
    description: said.description ?? "",
    required,
    initial: said.default,
    values: said.enum ?? plain.enum,
    min: said.minimum,
    max: said.maximum,
    step: said.multipleOf,
    whole: plain.type === "integer",
    maxLength: said.maxLength,
    minItems: said.minItems,
    maxItems: said.maxItems,
    unit: own.unit,
    media: own.media,
    examples: said.examples,
  };
  return { ...found, ...control(name, said, plain, own, found) };
}

function control(name, said, plain, own, found) {
  const medium = { image: "image", video: "video", audio: "audio", mask: "image", images: "image", videos: "video", audios: "audio", file: "file", files: "file" }[own.type];
  if (own.type === "mask") return { kind: "mask", medium };
  if (medium) return { kind: plain.type === "array" ? "medias" : "media", medium };
  if (own.type === "moment") return { kind: "moment", values: said.anyOf[1].enum };
  if (name === "camera_move" && found.values) return { kind: "moves" };
  if (name === "aspect_ratio" && found.values) return { kind: "ratio" };
  if (found.values) return { kind: "choice" };
  if (plain.type === "boolean") return { kind: "switch" };
  if (name === "seed") return { kind: "seed" };
  if (plain.type === "number" || plain.type === "integer") return { kind: "number" };
  if (plain.type === "array") return listed(said);
  if (plain.type === "object") return { kind: "json" };
  return { kind: LONG.has(name) || (found.maxLength ?? 0) > 400 ? "prompt" : "text" };
}

function listed(said) {
  if (said.items?.properties) return { kind: "rows", fields: params(said.items) };
  const text = (said.items?.anyOf?.[0] ?? said.items)?.type === "string";
  return { kind: text ? "list" : "json" };
}

function applies(condition, input) {
  if (!condition) return true;
  return (condition.required ?? []).every((name) => input[name] !== undefined) && allowed(condition.properties, input);
}

function allowed(properties, input) {
  return Object.entries(properties ?? {}).every(([name, one]) => input[name] === undefined || one.enum.includes(input[name]));
}

function holds(then, input) {
  const has = (name) => input[name] !== undefined;
  return (
    allowed(then.properties, input) &&
    (then.required ?? []).every(has) &&
    (!then.anyOf || then.anyOf.some((one) => one.required.every(has))) &&
    !(then.not?.anyOf ?? []).some((one) => one.required.some(has))
  );
}
