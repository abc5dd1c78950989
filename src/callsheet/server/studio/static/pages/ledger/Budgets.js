/** How far each key has gone: for the operator. */
import { html } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { useAsked } from "../../core/asking.js";
import { number, time } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Empty, ErrorBox } from "../../parts/index.js";
import { Used } from "./Balance.js";

/** Every key that opens something, with what it has used. */
export function Budgets() {
  const { data, error, again } = useAsked((signal) => get("/v1/keys", { signal }));
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  const keys = (data?.data ?? []).filter((one) => !one.revoked_at && one.standing);
  if (data && !keys.length) return html`<${Empty} icon="key" title=${t("ledger.budgets.none")} />`;
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("ledger.budgets")}>
    <table>
      <thead><tr><th>${t("ledger.budgets.key")}</th><th>${t("ledger.account")}</th><th>${t("ledger.budgets.used")}</th><th>${t("ledger.budgets.until")}</th><th class="number">${t("ledger.budgets.tasks")}</th></tr></thead>
      <tbody>${keys.map(
        ({ id, name, account, standing }) => html`<tr key=${id}>
          <td>${name}</td><td class="mono">${account}</td>
          <td>${standing.budget == null ? t("ledger.endless") : html`<${Used} of=${standing} />`}</td>
          <td>${standing.resets_at ? time(standing.resets_at) : t("ledger.key.total")}</td>
          <td class="number">${number(standing.unfinished)}${standing.concurrent == null ? "" : ` / ${number(standing.concurrent)}`}</td>
        </tr>`,
      )}</tbody>
    </table>
  </div>`;
}
