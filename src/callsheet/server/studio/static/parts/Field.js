/** A label, a control, and what is to be said about it: its limits, and what is wrong. */
import { html, useId } from "../lib/index.js";

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.hint] small words below: what it is for, its limits
 * @param {string} [props.error] what is wrong with it
 * @param {boolean} [props.required]
 * @param {unknown} [props.aside] shown at the end of the label's line
 * @param {(attributes: {id: string, "aria-describedby"?: string, "aria-invalid"?: string}) => unknown} props.children a
 *   function that draws the control with these attributes on the element that is focused
 * @param {boolean} [props.group] the control is several elements: the label names their group
 */
export function Field({ label, hint, error, required = false, aside, group = false, children, class: more = "" }) {
  const id = useId();
  const said = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  const attributes = { id, "aria-describedby": said, "aria-invalid": error ? "true" : undefined };
  const words = html`${label}${required && html`<span class="required" aria-hidden="true"> *</span>`}`;
  return html`<div
    class="field ${more} ${error ? "wrong" : ""}"
    role=${group ? "group" : undefined}
    aria-labelledby=${group ? `${id}-label` : undefined}
    aria-describedby=${group ? said : undefined}
  >
    <div class="field-head">
      ${group ? html`<span class="label" id="${id}-label">${words}</span>` : html`<label for=${id}>${words}</label>`}
      ${aside && html`<span class="aside">${aside}</span>`}
    </div>
    ${children(attributes)}
    ${error && html`<p class="error" id="${id}-error" role="alert">${error}</p>`}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}
