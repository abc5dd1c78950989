/** Controls that pick one of several: segments, shapes, camera moves, switches. */
import { html, useState } from "../../lib/index.js";
import { has, t } from "../../core/words.js";
import { Select } from "../../parts/Select.js";
import { Button } from "../../parts/Button.js";

/** How the value of a param is said. @param {unknown} value */
export function saidValue(value) {
  return has(`value.${value}`) ? t(`value.${value}`) : String(value);
}

/**
 * One of a few as segments, one of many as a list. The value that the server takes by itself is marked; picking the
 * picked one again leaves the param out.
 */
export function Choice({ param, value, onChange, attributes }) {
  if (param.values.length > 8) return html`<${Long} ...${{ param, value, onChange, attributes }} />`;
  return html`<${Segments} ...${{ param, value, onChange, attributes }} draw=${(one) => labelled(param, one)} />`;
}

/** Width to height as the shapes themselves. */
export function Ratio({ param, value, onChange, attributes }) {
  return html`<${Segments} ...${{ param, value, onChange, attributes }} class="ratios" draw=${(one) => html`<${Shape} ratio=${one} /><span>${saidValue(one)}</span>`} />`;
}

/** Camera moves, each moving as it would move the camera. */
export function Moves({ param, value, onChange, attributes }) {
  const [all, showAll] = useState(false);
  const shown = all ? param.values : param.values.slice(0, 12);
  const values = value && !shown.includes(value) ? [value, ...shown.slice(0, -1)] : shown;
  return html`<div class="moves-box">
    <${Segments} ...${{ param, value, onChange, attributes, values }} class="moves" draw=${(one) => html`<${Strip} name=${one} /><span>${movement(one)}</span>`} />
    ${param.values.length > 12 && html`<${Button} small kind="quiet" icon="chevron" aria-expanded=${String(all)} onClick=${() => showAll(!all)}>${t(all ? "make.moves.fewer" : "make.moves.all", { count: param.values.length })}<//>`}
  </div>`;
}

/** Yes or no; a param that has no value of its own until it is set is left out while it is off. */
export function Switch({ param, value, onChange, attributes }) {
  const on = value ?? param.initial ?? false;
  const flip = (event) => {
    const now = event.currentTarget.checked;
    onChange(now === (param.initial ?? false) ? undefined : now);
  };
  return html`<label class="switch"><input type="checkbox" role="switch" checked=${on} onChange=${flip} ...${attributes} /><i aria-hidden="true"></i><span>${t(on ? "make.on" : "make.off")}</span></label>`;
}

function Segments({ param, value, onChange, attributes, draw, values = param.values, class: more = "" }) {
  const now = value ?? param.initial;
  const pick = (one) => onChange(one === value || one === param.initial ? undefined : one);
  return html`<div class="segments ${more}" id=${attributes.id}>
    ${values.map(
      (one, at) => html`<button
        type="button"
        key=${one}
        class="segment ${value === undefined && one === param.initial ? "initial" : ""}"
        aria-pressed=${String(one === now)}
        aria-describedby=${at ? undefined : attributes["aria-describedby"]}
        onClick=${() => pick(one)}
      >${draw(one)}</button>`,
    )}
  </div>`;
}

function Long({ param, value, onChange, attributes }) {
  const left = param.initial === undefined ? t("make.unset") : `${labelled(param, param.initial)} (${t("make.default")})`;
  const options = [{ value: "", label: left }, ...param.values.filter((one) => one !== param.initial).map((one) => ({ value: String(one), label: labelled(param, one) }))];
  const pick = (text) => onChange(param.values.find((one) => String(one) === text));
  return html`<${Select} value=${value === undefined ? "" : String(value)} options=${options} onChange=${pick} ...${attributes} />`;
}

function labelled(param, value) {
  if (param.name === "language") return language(String(value));
  return param.unit === "seconds" ? `${value} s` : saidValue(value);
}

function language(tag) {
  try {
    return `${new Intl.DisplayNames([t("make.locale")], { type: "language" }).of(tag)} (${tag})`;
  } catch {
    return tag;
  }
}

function Shape({ ratio }) {
  const [width, height] = String(ratio).split(":").map(Number);
  if (!width || !height) return html`<svg class="shape free" viewBox="0 0 24 24" aria-hidden="true"><rect x="4" y="5" width="16" height="14" /></svg>`;
  const scale = 20 / Math.max(width, height);
  const [wide, high] = [width * scale, height * scale];
  return html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true"><rect x=${12 - wide / 2} y=${12 - high / 2} width=${wide} height=${high} /></svg>`;
}

function Strip({ name }) {
  const source = new URL(`../../media/moves/${name}.webp`, import.meta.url).href;
  return html`<span class="film"><img src=${source} alt="" loading="lazy" onError=${(event) => (event.currentTarget.hidden = true)} /></span>`;
}

function movement(name) {
  return has(`move.${name}`) ? t(`move.${name}`) : name.replaceAll("-", " ");
}
