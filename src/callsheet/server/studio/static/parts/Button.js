/** A button: words, an icon, or both. */
import { html } from "../lib/index.js";
import { Icon } from "./Icon.js";
import { Spinner } from "./Spinner.js";

/**
 * @param {object} props any other prop goes to the `button` element
 * @param {"plain" | "main" | "quiet" | "danger"} [props.kind] `main` once on a page at most
 * @param {string} [props.icon] the name of an Icon
 * @param {string} [props.label] its name where it shows an icon only; also shown as a tooltip
 * @param {boolean} [props.busy] something is under way: it spins and cannot be pressed
 * @param {boolean} [props.small]
 */
export function Button({ kind = "plain", icon, label, busy = false, small = false, children, class: more = "", ...rest }) {
  const bare = icon && !children;
  const names = ["button", kind, bare && "bare", small && "small", more].filter(Boolean).join(" ");
  const said = label ? { "aria-label": label, title: label } : {};
  return html`<button type="button" class=${names} aria-busy=${busy ? "true" : undefined} ...${said} ...${rest} disabled=${rest.disabled || busy}>
    ${busy ? html`<${Spinner} />` : icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;
}
