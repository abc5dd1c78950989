/** How a message stands: a dot and a word. */
import { html } from "../../lib/index.js";
import { t } from "../../core/words.js";

const LIKE = { pending: "running", delivered: "succeeded", gave_up: "failed" };

/** @param {{state: "pending" | "delivered" | "gave_up"}} props */
export function Told({ state }) {
  return html`<span class="state ${LIKE[state]}"><i aria-hidden="true"></i>${t(`webhooks.state.${state}`)}</span>`;
}
