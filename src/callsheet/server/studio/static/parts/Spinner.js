/** Something is under way. */
import { html } from "../lib/index.js";

/** @param {{label?: string}} props `label` is said to those who listen */
export function Spinner({ label }) {
  return html`<span class="spinner" role=${label ? "status" : undefined} aria-label=${label}></span>`;
}
