/** One of a list, as the platform's own control. */
import { html } from "../lib/index.js";

/**
 * @param {object} props any other prop (`id`, `aria-…`) goes to the `select` element
 * @param {string} props.value
 * @param {(string | {value: string, label: string, disabled?: boolean} | {group: string, options: {value: string, label: string}[]})[]} props.options
 * @param {(value: string) => void} props.onChange
 */
export function Select({ value, options, onChange, class: more = "", ...rest }) {
  return html`<select class="select ${more}" value=${value} onChange=${(event) => onChange(event.currentTarget.value)} ...${rest}>
    ${options.map((one) =>
      one.group ? html`<optgroup label=${one.group}>${one.options.map((inner) => option(inner, value))}</optgroup>` : option(one, value),
    )}
  </select>`;
}

function option(one, chosen) {
  const { value, label, disabled } = typeof one === "string" ? { value: one, label: one } : one;
  return html`<option value=${value} selected=${value === chosen} disabled=${disabled}>${label}</option>`;
}
