/** What webhooks were told, each try and its answer, telling it once more, and how its signature is checked. */
import { html, useEffect } from "../lib/index.js";
import { usePages } from "../core/asking.js";
import { ago, time } from "../core/format.js";
import { go, useRoute } from "../core/router.js";
import { useKeys } from "../core/keys.js";
import { register, t } from "../core/words.js";
import { Button, Empty, ErrorBox, Select, Spinner } from "../parts/index.js";
import { session } from "../shell/session.js";
import office from "../words/office.js";
import "./office/style.js";
import words from "../words/webhooks.js";
import { Whose } from "./office/Whose.js";
import { Message } from "./webhooks/Message.js";
import { Signature } from "./webhooks/Signature.js";
import { Told } from "./webhooks/Told.js";

register(office);
register(words);

const TASK = /^task_[0-9A-Za-z]+$/;
const STATES = ["pending", "delivered", "gave_up"];
const LOOK = 5000;

/** The page. The filter and the message shown stand in its address. */
export default function Webhooks() {
  const { query } = useRoute();
  const task = TASK.test(query.task ?? "") ? query.task : undefined;
  const { operator, account: own } = session.value;
  const account = (operator && query.account) || own;
  const pages = usePages("/v1/webhooks", { account: operator ? account : undefined, state: STATES.includes(query.state) ? query.state : undefined, task, limit: 50 });
  const moving = pages.rows.some((one) => one.state === "pending");
  useEffect(() => {
    const timer = moving && setInterval(() => document.hidden || pages.again(), LOOK);
    return () => clearInterval(timer);
  }, [moving]);
  useKeys({ escape: [() => (query.message ? seek(query, { message: undefined }) : false), ""] });
  return html`<div class="office webhooks">
    <header class="office-bar">
      <h1>${t("nav.webhooks")}</h1>
      <${Button} icon="retry" label=${t("office.refresh")} onClick=${pages.again} />
      ${operator && html`<${Whose} account=${account} onChange=${(one) => seek(query, { account: one, message: undefined })} />`}
      <${Of} query=${query} />
      <label class="filter"><span>${t("webhooks.filter")}</span>
        <${Select} value=${query.state ?? ""} onChange=${(state) => seek(query, { state })} options=${[{ value: "", label: t("office.all") }, ...STATES.map((one) => ({ value: one, label: t(`webhooks.state.${one}`) }))]} />
      </label>
    </header>
    ${pages.error && html`<${ErrorBox} error=${pages.error} onRetry=${pages.again} />`}
    ${!pages.first && !pages.error && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
    ${pages.first && !pages.rows.length && html`<${Empty} icon="webhooks" title=${t("webhooks.none")}><p>${t("webhooks.none.why")}</p><//>`}
    <div class="webhooks-work ${query.message ? "open" : ""}">
      ${pages.rows.length > 0 && html`<${List} pages=${pages} query=${query} />`}
      ${query.message && html`<${Message} key=${query.message} id=${query.message} onClose=${() => seek(query, { message: undefined })} onAgain=${pages.again} />`}
    </div>
    <${Signature} />
  </div>`;
}

function Of({ query }) {
  const typed = (event) => seek(query, { task: event.currentTarget.value.trim() });
  return html`<label class="filter"><span>${t("webhooks.task")}</span>
    <input class="mono task-id" type="search" placeholder="task_…" value=${query.task ?? ""} onChange=${typed} />
  </label>`;
}

function List({ pages, query }) {
  return html`<div class="webhooks-list">
    <ul>${pages.rows.map((one) => html`<li key=${one.id}><${Line} one=${one} query=${query} /></li>`)}</ul>
    ${pages.more && html`<${Button} busy=${pages.busy} onClick=${pages.more}>${t("office.more")}<//>`}
  </div>`;
}

function Line({ one, query }) {
  const when = one.next_at ? t("webhooks.next", { at: ago(one.next_at) }) : ago(one.settled_at ?? one.created_at);
  return html`<button type="button" aria-pressed=${String(one.id === query.message)} onClick=${() => seek(query, { message: one.id })}>
    <${Told} state=${one.state} /><b class="mono">${one.kind}</b>
    <span class="webhooks-url mono soft">${one.url}</span>
    <span class="soft nowrap">${t("webhooks.tries", { count: one.attempts })}</span>
    <span class="soft nowrap" title=${time(one.created_at)}>${when}</span>
  </button>`;
}

function seek(query, change) {
  const found = Object.entries({ ...query, ...change }).filter(([, one]) => one);
  go(`/webhooks${found.length ? `?${new URLSearchParams(found)}` : ""}`, { replace: true });
}
