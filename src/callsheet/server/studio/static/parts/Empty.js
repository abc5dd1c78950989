/** Nothing here yet, and what to do about it. */
import { html } from "../lib/index.js";
import { Icon } from "./Icon.js";

/** @param {{icon?: string, title: string, children?: unknown}} props */
export function Empty({ icon = "info", title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} /><h2>${title}</h2>${children}</div>`;
}
