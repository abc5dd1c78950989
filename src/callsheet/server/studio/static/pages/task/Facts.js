/** What was asked and what it came to: input, facts, and every movement of its money. */
import { html, useEffect, useState } from "../../lib/index.js";
import { get, media, post } from "../../core/api.js";
import { credits, duration, number, time } from "../../core/format.js";
import { paramNamed } from "../../core/naming.js";
import { Link } from "../../core/router.js";
import { basisOf, memoOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Credits, toast } from "../../parts/index.js";
import { copyText } from "../../parts/player/Text.js";
import { ended, took } from "../takes/feed.js";

/** @param {{task: object}} props */
export function Input({ task }) {
  const copy = () => copyText(JSON.stringify({ model: task.model, input: task.input }, null, 2)).then(() => toast(t("player.copied"), { kind: "good" }));
  return html`<dl class="pairs">
      ${Object.entries(task.input).map(([name, value]) => html`<div key=${name}><dt class=${paramNamed(name) === name ? "mono" : ""} title=${name}>${paramNamed(name)}</dt><dd><${Value} value=${value} /></dd></div>`)}
    </dl>
    <p><${Button} small icon="copy" onClick=${copy}>${t("task.copy")}<//></p>`;
}

/** One value of an input: texts as they are, files as links. @param {{value: unknown}} props */
export function Value({ value }) {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.map((one, at) => html`${at > 0 && ", "}<${Value} key=${at} value=${one} />`);
  if (typeof value === "string" && /^file_[0-9A-Z]+$/i.test(value)) return html`<${FileLink} id=${value} />`;
  if (value?.from?.startsWith?.("task_")) return html`<${Link} to="/takes/${value.from}" class="mono">${value.from}<//> <span class="soft">${String(value.output ?? 0)}</span>`;
  if (typeof value === "string") return html`<span class="said">${value}</span>`;
  return html`<code>${JSON.stringify(value, null, typeof value === "object" ? 1 : 0)}</code>`;
}

function FileLink({ id }) {
  const open = async (event) => {
    event.preventDefault();
    try {
      window.open(media(await get(`/v1/files/${id}`)), "_blank", "noopener");
    } catch (error) {
      toast(error);
    }
  };
  return html`<a href="#${id}" class="mono" onClick=${open}>${id}</a>`;
}

/** @param {{task: object}} props */
export function TaskFacts({ task }) {
  const rows = [
    ["id", html`<code>${task.id}</code>`],
    ["model", html`<code>${task.model}</code>`],
    ["stage", html`<code>${task.stage}</code>`],
    ["made", time(task.created_at)],
    task.started_at && ["waited", duration((new Date(task.started_at) - new Date(task.created_at)) / 1000)],
    task.started_at && ["took", duration(took(task))],
    task.priority !== 0 && ["priority", number(task.priority)],
    task.door !== "native" && ["door", task.door],
    task.retention && ["retention", duration(task.retention)],
    ...Object.entries(task.metadata).map(([name, value]) => [null, value, name]),
  ].filter(Boolean);
  return html`<dl class="pairs">${rows.map(([key, value, name]) => html`<div key=${name ?? key}><dt>${key ? t(`task.${key}`) : html`<span class="mono">${name}</span>`}</dt><dd><${Labelled} name=${name} value=${value} /></dd></div>`)}</dl>
    ${task.usage?.approximations?.length > 0 && html`<h3>${t("task.approximations")}</h3><ul class="entries">${task.usage.approximations.map((one) => html`<li><code>${one.param}</code> ${one.why}</li>`)}</ul>`}`;
}

function Labelled({ name, value }) {
  if (!name) return value;
  return /^task_[0-9A-Z]+$/i.test(value) ? html`<${Link} class="mono" to="/takes/${value}">${value}<//>` : html`<${Link} to=${`/takes?label=${encodeURIComponent(`${name}=${value}`)}`}>${value}<//>`;
}

/** What it cost, by the ledger. @param {{task: object}} props */
export function Money({ task }) {
  const [entries, setEntries] = useState(null);
  const [quote, setQuote] = useState(null);
  useEffect(() => {
    get("/v1/credits", { query: { task: task.id } }).then(({ data }) => setEntries(data), () => setEntries([]));
  }, [task.id, task.state]);
  const ask = () => {
    const stage = task.stage === "previz" ? { stage: "previz" } : {};
    post("/v1/quotes", { model: task.model, input: task.input, ...stage }).then(setQuote, toast);
  };
  const known = task.usage?.credits != null;
  return html`${known && html`<p>${t("task.cost")} <${Credits} value=${task.usage.credits} /></p>`}
    ${!known && (!ended(task) || entries?.length > 0) && html`<p class="soft">${t("task.cost.open")}</p>`}
    ${entries?.length > 0 &&
    html`<ul class="moves">${entries.map((entry) => html`<li key=${entry.number}><time class="mono soft" dateTime=${entry.at} title=${time(entry.at)}>${time(entry.at).split(", ").at(-1)}</time><span>${way(entry)}</span><b class="mono">${entry.priced ? credits(entry.amount) : "?"}</b>${entry.memo && html`<span class="soft memo" title=${entry.memo}>${memoOf(entry)}</span>`}</li>`)}</ul>`}
    ${entries?.length === 0 && html`<p class="soft">${t("task.money.none")}</p>`}
    ${quote ? html`<p class="quoted"><${Credits} value=${quote.credits} /> <span class="soft">${basisOf(quote)}</span></p>` : html`<p><${Button} small onClick=${ask}>${t("task.quote")}<//></p>`}`;
}

function way({ source, target }) {
  return t(`task.moved.${source}.${target}`);
}
