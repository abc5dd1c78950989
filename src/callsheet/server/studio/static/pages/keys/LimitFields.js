/** The fields of what a key may do, and what stands in them as the API takes it. */
import { html } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Field, Select } from "../../parts/index.js";

const NUMBERS = ["rate", "concurrent", "budget"];

/**
 * What the fields hold at first.
 * @param {object} [limits] of a key
 */
export function begun(limits = {}) {
  const numbers = NUMBERS.map((one) => [one, limits[one] == null ? "" : String(limits[one])]);
  return { ...Object.fromEntries(numbers), period: limits.period ?? "total" };
}

/** As the API takes it: what is empty is without limit. @param {object} form */
export function limitsOf(form) {
  const numbers = NUMBERS.map((one) => [one, form[one] === "" ? null : Number(form[one])]);
  return { ...Object.fromEntries(numbers), period: form.period };
}

/** @param {{form: object, set: (name: string, value: string) => void, error: object | null}} props */
export function LimitFields({ form, set, error }) {
  const wrong = (name) => (error?.param === name ? error.message : "");
  const field = (name, step, min) => html`<${Field} key=${name} label=${t(`keys.${name}`)} error=${wrong(name)}>
    ${(rest) => html`<input type="number" min=${min} step=${step} value=${form[name]} onInput=${(event) => set(name, event.currentTarget.value)} ...${rest} />`}
  <//>`;
  return html`<fieldset class="limits"><legend>${t("keys.limits")}</legend>
    <p class="hint">${t("keys.empty")}</p>
    <div class="limits-fields">
      ${field("rate", "1", "1")}${field("concurrent", "1", "0")}${field("budget", "any", "0")}
      <${Field} label=${t("keys.period")}>${(rest) => html`<${Select} value=${form.period} options=${["day", "month", "total"].map((one) => ({ value: one, label: t(`keys.period.${one}`) }))} onChange=${(value) => set("period", value)} ...${rest} />`}<//>
    </div>
  </fieldset>`;
}
