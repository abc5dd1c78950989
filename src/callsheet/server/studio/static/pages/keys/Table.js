/** Every key with its limits and how far it has gone; revoked ones where they are asked for. */
import { html, useState } from "../../lib/index.js";
import { ago, credits, number, time } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button } from "../../parts/index.js";

/** @param {{keys: object[], onLimit: (key: object) => void, onRevoke: (key: object) => void}} props */
export function Table({ keys, onLimit, onRevoke }) {
  const [all, setAll] = useState(false);
  const gone = keys.filter((one) => one.revoked_at).length;
  const shown = all ? keys : keys.filter((one) => !one.revoked_at);
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("nav.keys")}>
    <table>
      <thead><tr><th>${t("keys.name")}</th><th>${t("keys.account")}</th><th>${t("keys.limits")}</th><th>${t("keys.used")}</th><th>${t("keys.created")}</th><td></td></tr></thead>
      <tbody>${shown.map((one) => html`<${Row} key=${one.id} one=${one} onLimit=${onLimit} onRevoke=${onRevoke} />`)}</tbody>
    </table>
    ${gone > 0 && !all && html`<${Button} small kind="quiet" onClick=${() => setAll(true)}>${t("keys.show.revoked", { count: gone })}<//>`}
  </div>`;
}

function Row({ one, onLimit, onRevoke }) {
  return html`<tr class=${one.revoked_at ? "revoked" : ""}>
    <td><b>${one.name}</b><br /><span class="mono soft">${one.id}</span></td>
    <td class="mono">${one.account}</td>
    <td><${Limits} of=${one.limits} /></td>
    <td class="nowrap">${one.standing && one.limits.budget != null ? credits(one.standing.used) : ""}</td>
    <td class="nowrap" title=${time(one.created_at)}>${ago(one.created_at)}</td>
    <td class="row-actions">${one.revoked_at
      ? html`<span class="soft nowrap">${t("keys.revoked.at", { at: ago(one.revoked_at) })}</span>`
      : html`<${Button} kind="quiet" icon="edit" label=${t("keys.change", { name: one.name })} onClick=${() => onLimit(one)} />
          <${Button} kind="quiet" icon="trash" label=${t("keys.revoke", { name: one.name })} onClick=${() => onRevoke(one)} />`}
    </td>
  </tr>`;
}

function Limits({ of }) {
  const found = [
    of.rate != null && `${t("keys.rate")}: ${number(of.rate)}`,
    of.concurrent != null && `${t("keys.concurrent")}: ${number(of.concurrent)}`,
    of.budget != null && `${t("keys.budget")}: ${credits(of.budget)} (${t(`keys.period.${of.period}`)})`,
  ].filter(Boolean);
  if (!found.length) return html`<span class="soft">${t("keys.unlimited")}</span>`;
  return html`<ul class="plain">${found.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`;
}
