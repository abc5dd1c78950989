/** Reckons everything anew from the entries: for the operator. */
import { html } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { useAsked } from "../../core/asking.js";
import { credits } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button, ErrorBox, Icon } from "../../parts/index.js";

/** What does not add up, and what ran without a price. */
export function Check() {
  const { data, error, busy, again } = useAsked((signal) => get("/v1/ledger/check", { signal }));
  return html`<section class="ledger-check">
    <${Button} icon="retry" busy=${busy} onClick=${again}>${t("ledger.check.do")}<//>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${data?.ok && html`<p class="ok" role="status"><${Icon} name="check" />${t("ledger.check.ok")}</p>`}
    ${data && !data.ok && html`<div class="error-box" role="alert"><${Icon} name="alert" /><div><p>${t("ledger.check.wrong")}</p>
      <ul>${data.faults.map((one) => html`<li key=${one.where + one.said}><span class="mono">${one.where}</span> ${one.said}</li>`)}</ul></div></div>`}
    ${data?.unpriced.length > 0 && html`<p>${t("ledger.check.unpriced")}</p>
      <ul>${data.unpriced.map((one) => html`<li key=${one.model}><span class="mono">${one.model}</span> ${t("ledger.check.tasks", { count: one.tasks })}, ${credits(one.credits)} ${t("credits.unit", { count: one.credits })}</li>`)}</ul>`}
  </section>`;
}
