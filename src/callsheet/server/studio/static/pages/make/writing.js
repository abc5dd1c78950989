/** Controls that are written into: words, prompts, numbers, seeds, moments, lists of words, JSON. */
import { html, useLayoutEffect, useRef, useState } from "../../lib/index.js";
import { number } from "../../core/format.js";
import { has, t } from "../../core/words.js";
import { Button } from "../../parts/Button.js";
import { Select } from "../../parts/Select.js";
import { dice } from "./form.js";
import { saidValue } from "./choices.js";

/** A line of words. */
export function Text({ param, value = "", onChange, attributes }) {
  const list = param.examples?.length ? `${attributes.id}-examples` : undefined;
  return html`<input type="text" value=${value} list=${list} spellcheck=${false} placeholder=${param.initial ?? ""} onInput=${(event) => onChange(event.currentTarget.value)} ...${attributes} />
    ${list && html`<datalist id=${list}>${param.examples.map((one) => html`<option value=${one} />`)}</datalist>`}`;
}

/** Many words: as high as they are, with how many characters and in which languages they are. */
export function Prompt({ param, value = "", onChange, attributes, row = false }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    box.current.style.blockSize = "auto";
    box.current.style.blockSize = `${Math.min(box.current.scrollHeight + 2, innerHeight * 0.5)}px`;
  }, [value]);
  const count = [...value].length;
  const over = param.maxLength && count > param.maxLength;
  return html`<textarea ref=${box} value=${value} rows=${param.name === "prompt" && !row ? 4 : 2} onInput=${(event) => onChange(event.currentTarget.value)} ...${attributes}></textarea>
    <p class="count ${over ? "over" : ""}">${[counted(count, param.maxLength), ...scripts(value).map((one) => t(`script.${one}`))].join(" · ")}</p>`;
}

/** A number, with a slider where both of its ends are known and near enough to point at. */
export function NumberField({ param, value, onChange, attributes }) {
  const { min, max, whole, initial } = param;
  const step = param.step ?? (whole ? 1 : "any");
  const read = (event) => {
    const text = event.currentTarget.value;
    onChange(text === "" ? undefined : Number(text));
  };
  const slides = min !== undefined && max !== undefined && max - min <= 1000;
  const fine = param.step ?? (whole ? 1 : max - min <= 2 ? 0.05 : 0.5);
  // A slider begins at a multiple of its step: from 0.1 in halves it would offer 0.6, 1.1, …
  const from = slides ? Math.ceil(min / fine) * fine : 0;
  const to = max > 60 && (initial ?? 10) <= 20 ? 30 : max; // beyond what is usual, a number is written
  return html`<div class="number">
    ${slides && html`<input type="range" min=${from} max=${to} step=${fine} value=${value ?? initial ?? min} onInput=${read} aria-label=${t("make.slider", { name: has(`param.${param.name}`) ? t(`param.${param.name}`) : param.name })} class=${value === undefined ? "unset" : ""} />`}
    <input type="number" inputmode=${whole ? "numeric" : "decimal"} min=${min} max=${max} step=${step} value=${value ?? ""} placeholder=${initial ?? ""} onInput=${read} ...${attributes} />
    ${param.unit && html`<span class="unit">${unit(param.unit)}</span>`}
  </div>`;
}

/** A seed: the same gives the same; a throw of the dice gives another. */
export function Seed({ param, value, onChange, attributes }) {
  return html`<div class="number">
    <input type="number" inputmode="numeric" class="mono" min=${param.min} max=${param.max} step="1" value=${value ?? ""} placeholder=${t("make.seed.none")} onInput=${(event) => onChange(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))} ...${attributes} />
    <${Button} icon="dice" label=${t("make.seed.throw")} onClick=${() => onChange((param.min ?? 0) + dice(param.max - (param.min ?? 0)))} />
    ${value !== undefined && html`<${Button} kind="quiet" icon="x" label=${t("make.clear")} onClick=${() => onChange(undefined)} />`}
  </div>`;
}

/** A moment: a word, or seconds from the start. */
export function Moment({ param, value, onChange, attributes }) {
  const now = value ?? param.initial;
  const timed = typeof now === "number";
  const options = [...param.values.map((one) => ({ value: one, label: saidValue(one) })), { value: "#", label: t("make.moment.seconds") }];
  return html`<div class="number">
    <${Select} value=${timed ? "#" : now} options=${options} onChange=${(one) => onChange(one === "#" ? 0 : one)} ...${attributes} />
    ${timed && html`<input type="number" min="0" step="any" value=${now} aria-label=${t("make.moment.seconds")} onInput=${(event) => onChange(Number(event.currentTarget.value))} />`}
  </div>`;
}

/** Several lines of words, one each. */
export function Lines({ value = [], onChange, attributes }) {
  const read = (event) => {
    const lines = event.currentTarget.value.split("\n");
    onChange(lines.every((one) => !one.trim()) ? undefined : lines);
  };
  return html`<textarea rows="3" value=${value.join("\n")} onInput=${read} placeholder=${t("make.lines")} ...${attributes}></textarea>`;
}

/** Anything, as JSON; what cannot be read is said and not taken. */
export function Json({ value, onChange, attributes }) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState("");
  const read = (event) => {
    setText(event.currentTarget.value);
    try {
      onChange(event.currentTarget.value.trim() ? JSON.parse(event.currentTarget.value) : undefined);
      setWrong("");
    } catch (error) {
      setWrong(error.message);
    }
  };
  return html`<textarea class="mono" rows="6" spellcheck=${false} value=${text} onInput=${read} ...${attributes} aria-invalid=${wrong ? "true" : attributes["aria-invalid"]}></textarea>
    ${wrong && html`<p class="error" role="alert">${wrong}</p>`}`;
}

/** How a unit is said in short. @param {string} name */
export function unit(name) {
  return { seconds: "s", pixels: "px", "frames per second": "fps", semitones: "st", decibels: "dB" }[name] ?? name;
}

function counted(count, most) {
  return most ? `${number(count)} / ${number(most)}` : t("make.characters", { count: number(count) });
}

const SCRIPTS = [
  ["han", /\p{Script=Han}/gu],
  ["latin", /\p{Script=Latin}+/gu],
  ["kana", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["hangul", /\p{Script=Hangul}/gu],
  ["cyrillic", /\p{Script=Cyrillic}+/gu],
  ["arabic", /\p{Script=Arabic}+/gu],
];

function scripts(text) {
  const found = SCRIPTS.map(([name, letters]) => [name, (text.match(letters) ?? []).length]).filter(([, many]) => many);
  return found.sort(([, one], [, other]) => other - one).map(([name]) => name);
}
