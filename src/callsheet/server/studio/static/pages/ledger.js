/** What accounts have, and every movement of it: entries, open holds, budgets of keys; for the operator also funding. */
import { html, useState } from "../lib/index.js";
import { usePages } from "../core/asking.js";
import { go, useRoute } from "../core/router.js";
import { register, t } from "../core/words.js";
import { Button, ErrorBox } from "../parts/index.js";
import { session } from "../shell/session.js";
import office from "../words/office.js";
import { Whose } from "./office/Whose.js";
import "./office/style.js";
import words from "../words/ledger.js";
import { Balance } from "./ledger/Balance.js";
import { Budgets } from "./ledger/Budgets.js";
import { Check } from "./ledger/Check.js";
import { Entries } from "./ledger/Entries.js";
import { Fund } from "./ledger/Fund.js";

register(office);
register(words);

const TASK = /^task_[0-9A-Za-z]+$/;

/** The page. The account and the task asked for stand in its address. */
export default function Ledger() {
  const { query } = useRoute();
  const operator = session.value.operator;
  const account = (operator && query.account) || session.value.account;
  const view = query.view ?? "entries";
  const asked = { account: operator ? account : undefined, task: view === "entries" && TASK.test(query.task ?? "") ? query.task : undefined, open: view === "open" ? "true" : undefined, limit: 50 };
  const pages = usePages("/v1/credits", asked);
  const views = ["entries", "open", ...(operator ? ["budgets", "check"] : [])];
  return html`<div class="office ledger">
    <header class="office-bar">
      <h1>${t("nav.ledger")}</h1>
      <${Button} icon="retry" label=${t("office.refresh")} onClick=${pages.again} />
      ${operator && html`<${Whose} account=${account} onChange=${(one) => seek(query, { account: one, task: undefined })} />`}
      ${operator && html`<${Funding} account=${account} onDone=${pages.again} />`}
    </header>
    ${pages.error && html`<${ErrorBox} error=${pages.error} onRetry=${pages.again} />`}
    ${pages.first && html`<${Balance} of=${pages.first} />`}
    <nav class="tabs" aria-label=${t("nav.ledger")}>
      ${views.map((one) => html`<button type="button" key=${one} aria-current=${one === view ? "true" : undefined} onClick=${() => seek(query, { view: one === "entries" ? undefined : one })}>${t(`ledger.${one}`)}</button>`)}
    </nav>
    ${view === "budgets" && operator
      ? html`<${Budgets} />`
      : view === "check" && operator
        ? html`<${Check} />`
        : html`${view === "entries" && html`<${Of} query=${query} />`}<${Entries} pages=${pages} open=${view === "open"} />`}
  </div>`;
}

function Of({ query }) {
  const typed = (event) => seek(query, { task: event.currentTarget.value.trim() || undefined });
  const wrong = query.task && !TASK.test(query.task);
  return html`<label class="filter"><span>${t("ledger.task")}</span>
    <input class="mono task-id" type="search" placeholder="task_…" value=${query.task ?? ""} aria-invalid=${wrong ? "true" : undefined} onChange=${typed} />
    ${wrong && html`<span class="bad" role="alert">${t("ledger.task.hint")}</span>`}
  </label>`;
}

function Funding({ account, onDone }) {
  const [open, setOpen] = useState(false);
  return html`<${Button} kind="main" icon="make" onClick=${() => setOpen(true)}>${t("ledger.fund")}<//>
    ${open && html`<${Fund} account=${account} onClose=${() => setOpen(false)} onDone=${onDone} />`}`;
}

function seek(query, change) {
  const found = Object.entries({ ...query, ...change }).filter(([, one]) => one);
  go(`/ledger${found.length ? `?${new URLSearchParams(found)}` : ""}`, { replace: true });
}
