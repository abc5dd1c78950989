/** Two takes beside each other, played as one: the address holds which, so that a reload and a link keep it. */
import { html, useEffect, useState } from "../lib/index.js";
import { get } from "../core/api.js";
import { useKeys } from "../core/keys.js";
import { Link, go, useRoute } from "../core/router.js";
import { ago } from "../core/format.js";
import { style } from "../core/style.js";
import { register, t } from "../core/words.js";
import { Button, Dialog, Empty, ErrorBox, Player, Spinner, StateBadge } from "../parts/index.js";
import { views } from "../parts/player/kinds.js";
import words from "../words/compare.js";
import takesWords from "../words/takes.js";
import taskWords from "../words/task.js";
import { Pictures, Videos } from "./compare/Pair.js";
import { Sounds } from "./compare/Sounds.js";
import { differences, marked } from "./compare/differences.js";
import { Value } from "./task/Facts.js";
import { paramNamed } from "../core/naming.js";
import { titleOf } from "./takes/Card.js";
import { Poster } from "./takes/Poster.js";
import { ended } from "./takes/feed.js";

style("takes");
register(words);
register(takesWords);
register(taskWords);

const KINDS = { video: Videos, image: Pictures, diagram: Pictures, audio: Sounds };

/** `/compare?a=TASK&b=TASK&mode=wipe` */
export default function Compare() {
  const { query } = useRoute();
  const [choosing, choose] = useState(null);
  const [a, b] = [useTake(query.a), useTake(query.b)];
  const set = (changes) => go(`/compare?${new URLSearchParams(clean({ ...query, ...changes }))}`, { replace: true });
  useKeys({
    s: [() => set({ a: query.b, b: query.a }), t("compare.swap")],
    w: [() => set({ mode: query.mode === "wipe" ? "" : "wipe" }), t("compare.wipe")],
  });
  return html`<div class="compare">
    <header class="compare-head">
      <h1>${t("nav.compare")}</h1>
      <span class="filter-space"></span>
      <${Button} icon="swap" disabled=${!a.task || !b.task} onClick=${() => set({ a: query.b, b: query.a })}>${t("compare.swap")}<//>
      <${Button} icon="wipe" aria-pressed=${String(query.mode === "wipe")} onClick=${() => set({ mode: query.mode === "wipe" ? "" : "wipe" })}>${t("compare.wipe")}<//>
    </header>
    <div class="compared">
      ${[a, b].map((take, at) => html`<${Side} key=${at} take=${take} letter=${"AB"[at]} onChoose=${() => choose("ab"[at])} />`)}
    </div>
    ${!query.a && !query.b && html`<${Empty} icon="compare" title=${t("compare.empty")}><p class="soft">${t("compare.empty.why")}</p><//>`}
    ${a.task && b.task && html`<${Both} key=${`${a.task.id} ${b.task.id}`} one=${a.task} other=${b.task} wipe=${query.mode === "wipe"} />`}
    ${choosing && html`<${Choose} like=${(choosing === "a" ? b : a).task} onClose=${() => choose(null)} onPick=${(id) => (set({ [choosing]: id }), choose(null))} />`}
  </div>`;
}

function Side({ take, letter, onChoose }) {
  const { task, error } = take;
  const press = html`<${Button} small onClick=${onChoose} aria-label=${t("compare.choose.side", { letter })}>${t(task ? "compare.other" : "compare.choose")}<//>`;
  return html`<div class="side">
    <b class="letter">${letter}</b>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${task &&
    html`<div class="side-said">
      <${Link} to="/takes/${task.id}">${titleOf(task)}<//>
      <p class="card-line soft"><${StateBadge} state=${task.state} progress=${task.progress} /><span class="mono">${task.model}</span><span>${ago(task.created_at)}</span></p>
    </div>`}
    ${!task && !error && html`<span class="side-said soft">${t("compare.nobody")}</span>`}
    ${press}
  </div>`;
}

function Both({ one, other, wipe }) {
  const [left, right] = [views(one.artifacts)[0], views(other.artifacts)[0]];
  const Kind = left && right && family(left) === family(right) ? KINDS[left.kind] : null;
  return html`${Kind
      ? html`<${Kind} files=${[left.file, right.file]} wipe=${wipe} labels=${[labelOf(one), labelOf(other)]} />`
      : html`<div class="unlike">${[one, other].map((task, at) => html`<div key=${task.id}>${task.artifacts.length ? html`<${Player} task=${task} keys=${at === 0} />` : html`<${Empty} title=${t(ended(task) ? "task.nothing" : "compare.nothing")} />`}</div>`)}</div>`}
    <${Differences} one=${one} other=${other} />`;
}

function family({ kind }) {
  return kind === "diagram" ? "image" : kind;
}

function labelOf(task) {
  return task.stage === task.model ? task.model : `${task.model} · ${task.stage}`;
}

function Differences({ one, other }) {
  const [all, showAll] = useState(false);
  const rows = differences(one, other);
  const shown = all ? rows : rows.filter((row) => !row.same);
  return html`<section class="differences">
    <header><h2>${t("compare.differences")}</h2>
      <label class="check"><input type="checkbox" checked=${all} onChange=${() => showAll(!all)} /> ${t("compare.all")}</label></header>
    ${!shown.length && html`<p class="soft">${t("compare.same")}</p>`}
    ${shown.length > 0 &&
    html`<div class="scrolled" tabindex="0" role="region" aria-label=${t("compare.differences")}><table>
      <thead><tr><th scope="col">${t("compare.param")}</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
      <tbody>${shown.map((row) => html`<tr key=${row.name} class=${row.same ? "soft" : ""}><th scope="row" class=${paramNamed(row.name) === row.name ? "mono" : ""} title=${row.name}>${paramNamed(row.name)}</th>${row.values.map((value, at) => html`<td key=${at}><${Shown} value=${value} other=${row.values[1 - at]} /></td>`)}</tr>`)}</tbody>
    </table></div>`}
  </section>`;
}

function Shown({ value, other }) {
  if (value === undefined) return html`<span class="soft">–</span>`;
  if (typeof value !== "string" || typeof other !== "string" || value.length < 24) return html`<${Value} value=${value} />`;
  return marked(value, other).map(({ text, own }, at) => (own ? html`<mark key=${at}>${text}</mark>` : text));
}

function Choose({ like, onClose, onPick }) {
  const [found, setFound] = useState(null);
  const [text, setText] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    const query = { text: text.trim(), state: "succeeded", capability: like?.capability, limit: 24 };
    const timer = setTimeout(() => get("/v1/tasks", { query, signal: stop.signal }).then(({ data }) => setFound(data.filter((task) => task.id !== like?.id)), () => {}), text ? 200 : 0);
    return () => (clearTimeout(timer), stop.abort());
  }, [text]);
  return html`<${Dialog} title=${t("compare.choose")} wide onClose=${onClose}>
    <input type="search" value=${text} placeholder=${t("takes.search")} aria-label=${t("takes.search")} onInput=${(event) => setText(event.currentTarget.value)} />
    ${!found && html`<p><${Spinner} label=${t("shell.loading")} /></p>`}
    ${found?.length === 0 && html`<p class="soft">${t("takes.none")}</p>`}
    <div class="choices">${(found ?? []).map((task) => html`<button type="button" key=${task.id} data-task=${task.id} onClick=${() => onPick(task.id)}><${Poster} task=${task} /><span>${titleOf(task)}</span><span class="mono soft">${task.model}</span></button>`)}</div>
  <//>`;
}

function useTake(id) {
  const [take, setTake] = useState({ task: null, error: null });
  useEffect(() => {
    setTake({ task: null, error: null });
    if (!id) return undefined;
    const stop = new AbortController();
    get(`/v1/tasks/${id}`, { signal: stop.signal }).then((task) => setTake({ task, error: null }), (error) => error.name !== "AbortError" && setTake({ task: null, error }));
    return () => stop.abort();
  }, [id]);
  return take;
}

function clean(query) {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value));
}
