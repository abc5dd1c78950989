/** A task's state: a dot and a word, never a colour alone. */
import { html } from "../lib/index.js";
import { number } from "../core/format.js";
import { t } from "../core/words.js";

/** @param {{state: "queued" | "running" | "succeeded" | "failed" | "canceled", progress?: number, unsure?: unknown}} props */
export function StateBadge({ state, progress, unsure }) {
  const share = state === "running" && progress ? ` ${number(progress, { style: "percent" })}` : "";
  const shown = unsure ? "unsure" : state;
  return html`<span class="state ${shown}"><i aria-hidden="true"></i>${t(`state.${shown}`)}${share}</span>`;
}
