/** An amount of credits. */
import { html } from "../lib/index.js";
import { credits } from "../core/format.js";
import { t } from "../core/words.js";

/** @param {{value: number | null | undefined}} props null where there is no price */
export function Credits({ value }) {
  if (value == null) return html`<span class="credits none">${t("credits.none")}</span>`;
  return html`<span class="credits"><b>${credits(value)}</b> ${t("credits.unit", { count: value })}</span>`;
}
