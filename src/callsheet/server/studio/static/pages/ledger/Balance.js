/** What an account has, in four numbers, and how far the key that asks has gone. */
import { html } from "../../lib/index.js";
import { credits } from "../../core/format.js";
import { t } from "../../core/words.js";

/** @param {{of: object}} props the answer of /v1/credits */
export function Balance({ of }) {
  return html`<section class="balance" aria-label=${of.account}>
    <dl>
      <div class="first"><dt>${t("ledger.available")}</dt><dd>${of.available == null ? t("ledger.endless") : credits(of.available)}</dd></div>
      <div><dt>${t("ledger.held")}</dt><dd>${credits(of.held)}</dd></div>
      <div><dt>${t("ledger.spent")}</dt><dd>${credits(of.spent)}</dd></div>
      <div><dt>${t("ledger.funds")}</dt><dd>${credits(of.funds)}</dd></div>
      ${of.key?.budget != null && html`<div><dt>${t("ledger.keyed")}, ${t(`ledger.key.${of.key.period}`)}</dt><dd><${Used} of=${of.key} /></dd></div>`}
    </dl>
    <p class="hint">${t(of.metered ? "ledger.metered" : "ledger.unmetered")}</p>
  </section>`;
}

/** How much of a budget is gone. @param {{of: {used: number, budget: number}}} props */
export function Used({ of }) {
  const said = t("ledger.key.budget", { used: credits(of.used), budget: credits(of.budget) });
  return html`<span class="used">${said}<meter min="0" max=${of.budget || 1} high=${of.budget * 0.9 || 1} value=${of.used} aria-label=${said}></meter></span>`;
}
