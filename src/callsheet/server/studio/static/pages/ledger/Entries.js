/** The lines of a ledger, newest first; those of one task oldest first. */
import { html } from "../../lib/index.js";
import { credits, time } from "../../core/format.js";
import { Link } from "../../core/router.js";
import { memoOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Empty, Spinner } from "../../parts/index.js";

/** @param {{pages: object, open: boolean}} props `pages` as usePages gives them */
export function Entries({ pages, open }) {
  if (!pages.rows.length && pages.busy) return html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`;
  if (!pages.rows.length && pages.error) return null;
  if (!pages.rows.length) {
    return html`<${Empty} icon="ledger" title=${t(open ? "ledger.none.open" : "ledger.none")}><p>${t("ledger.none.why")}</p><//>`;
  }
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("ledger.entries")}>
    <table>
      <thead><tr><th class="number">#</th><th>${t("ledger.at")}</th><th>${t("ledger.kind")}</th><th class="number">${t("ledger.amount")}</th><th>${t("ledger.way")}</th><th>${t("office.task")}</th><th>${t("ledger.memo")}</th></tr></thead>
      <tbody>${pages.rows.map((one) => html`<${Entry} key="${one.account} ${one.number}" one=${one} />`)}</tbody>
    </table>
    ${pages.more && html`<${Button} busy=${pages.busy} onClick=${pages.more}>${t("office.more")}<//>`}
  </div>`;
}

function Entry({ one }) {
  return html`<tr>
    <td class="number mono soft">${one.number}</td>
    <td class="nowrap">${time(one.at)}</td>
    <td><span class="kind ${one.kind}">${t(`ledger.kind.${one.kind}`)}</span></td>
    <td class="number">${one.priced ? credits(one.amount) : t("ledger.unpriced")}</td>
    <td class="soft nowrap">${t(`ledger.bucket.${one.source}`)} → ${t(`ledger.bucket.${one.target}`)}</td>
    <td>${one.task && html`<${Link} class="mono" to="/takes/${one.task}">${one.task}<//>`}</td>
    <td title=${one.memo}>${memoOf(one)}</td>
  </tr>`;
}
