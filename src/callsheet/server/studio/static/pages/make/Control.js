/** A param as a field: its words, the control that suits its facts, its limits, and what is wrong with it. */
import { html } from "../../lib/index.js";
import { has, lang, t } from "../../core/words.js";
import { number } from "../../core/format.js";
import { ABOUT } from "../../words/about.js";
import { Field } from "../../parts/Field.js";
import { Choice, Moves, Ratio, Switch } from "./choices.js";
import { limits } from "./media.js";
import { MaskField } from "./MaskField.js";
import { Medium, Several } from "./Media.js";
import { Rows } from "./Rows.js";
import { Json, Lines, Moment, NumberField, Prompt, Seed, Text, unit } from "./writing.js";

const CONTROLS = {
  text: Text,
  prompt: Prompt,
  number: NumberField,
  choice: Choice,
  ratio: Ratio,
  moves: Moves,
  seed: Seed,
  switch: Switch,
  media: Medium,
  medias: Several,
  mask: MaskField,
  list: Lines,
  rows: Rows,
  moment: Moment,
  json: Json,
};

/** What these are is plain from their names and controls. */
const PLAIN = new Set(["prompt", "aspect_ratio", "resolution", "camera_move", "duration", "seed", "image", "video", "audio", "width", "height"]);

/** Controls of several elements: their label names a group. */
const GROUPS = new Set(["ratio", "moves", "medias", "rows", "media", "mask"]);

/** The name of a param in the language shown. @param {string} name */
export function titled(name) {
  if (has(`param.${name}`)) return t(`param.${name}`);
  const words = name.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

/**
 * @param {object} props
 * @param {import("./schema.js").Param} props.param
 * @param {unknown} props.value undefined where it is left out
 * @param {(value: unknown) => void} props.onChange
 * @param {string} [props.error]
 * @param {Record<string, unknown>} [props.form] the whole form, for a control that depends on another
 * @param {unknown} [props.after] shown below the control
 * @param {boolean} [props.row] it stands in a row: few words on what it is
 */
export function Control({ param, value, onChange, error, form, after, row = false }) {
  const Inside = CONTROLS[param.kind];
  const group = GROUPS.has(param.kind) || (param.kind === "choice" && param.values.length <= 8);
  const hint = row ? (param.medium ? "" : limited(param)) : [said(param), limited(param)].filter(Boolean).join(" ");
  return html`<${Field} label=${titled(param.name)} hint=${hint || undefined} error=${error} required=${param.required} group=${group} class="control-${param.kind} param-${param.name}">
    ${(attributes) => html`<${Inside} param=${param} value=${value} onChange=${onChange} attributes=${attributes} form=${form} row=${row} />${after}`}
  <//>`;
}

function said(param) {
  if (PLAIN.has(param.name)) return "";
  return ABOUT[lang.value] ? (ABOUT[lang.value][param.name] ?? "") : param.description;
}

function limited({ kind, min, max, unit: of, initial, medium, minItems, maxItems, ...rest }) {
  if (medium) return [limits({ medium, ...rest }), items(minItems, maxItems)].filter(Boolean).join(" · ");
  if (kind === "rows" || kind === "list") return items(minItems, maxItems);
  if (kind !== "number") return "";
  const name = of ? ` ${unit(of)}` : "";
  const range = min !== undefined && max !== undefined ? `${number(min)}–${number(max)}${name}` : min !== undefined ? `≥ ${number(min)}${name}` : max !== undefined ? `≤ ${number(max)}${name}` : "";
  return range && (initial === undefined ? range : t("make.range.default", { range, initial: number(initial) }));
}

function items(least, most) {
  if (most === undefined) return least > 1 ? t("make.items.least", { least }) : "";
  return t("make.items", { least: least ?? 0, most });
}
