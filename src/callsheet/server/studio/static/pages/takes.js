/** The board of takes, and behind its address the page of one of them. */
import { html, useEffect, useMemo, useRef, useState } from "../lib/index.js";
import { useKeys } from "../core/keys.js";
import { go, useRoute } from "../core/router.js";
import { register, t } from "../core/words.js";
import { Button, Empty, ErrorBox, Spinner, VirtualList } from "../parts/index.js";
import words from "../words/takes.js";
import taskWords from "../words/task.js";
import { Card } from "./takes/Card.js";
import { Chosen, compare } from "./takes/Chosen.js";
import { FilterBar } from "./takes/FilterBar.js";
import { Feed, ordered } from "./takes/feed.js";
import { OF_FEW, ORDERS, change, count, queryOf, useFilter } from "./takes/filter.js";
import { Task } from "./task.js";

register(words);
register(taskWords);

const CARD = 216;
const [GRID, ROW] = [266, 64];

/** `/takes` and `/takes/TASK`. */
export default function Takes() {
  const { params } = useRoute();
  return params[0] ? html`<${Task} key=${params[0]} id=${params[0]} />` : html`<${Board} />`;
}

function Board() {
  const filter = useFilter();
  const asked = JSON.stringify(queryOf(filter));
  const feed = useMemo(() => new Feed(JSON.parse(asked)), [asked]);
  useEffect(() => {
    feed.open();
    return () => feed.close();
  }, [feed]);
  feed.changed.value;
  const order = OF_FEW.includes(filter.order) && !feed.few ? "newest" : filter.order;
  const tasks = ORDERS.includes(order) ? null : ordered(feed.loaded(), order);
  const total = tasks?.length ?? feed.count;
  const at = (index) => (tasks ? tasks[index] : feed.at(index));
  return html`<h1 class="unseen">${t("nav.takes")}</h1>
    <${FilterBar} filter=${filter} order=${order} loaded=${total} whole=${feed.whole} few=${feed.few} />
    ${feed.error.value && html`<${ErrorBox} error=${feed.error.value} onRetry=${() => feed.more()} />`}
    <${Shown} key=${`${asked} ${order}`} filter=${filter} feed=${feed} total=${total} at=${at} />`;
}

function Shown({ filter, feed, total, at }) {
  const grid = filter.view === "grid";
  const [box, columns] = useColumns(grid);
  const [place, setPlace] = useState(-1);
  const [picked, setPicked] = useState(() => new Map());
  const [asking, ask] = useState(null);
  const pick = (task, to = !picked.has(task.id)) => setPicked((before) => turned(before, task, to));
  const chosen = [...picked.keys()].map((id) => feed.loaded().find((task) => task.id === id) ?? picked.get(id));
  useBoardKeys({ filter, place, setPlace, columns: grid ? columns : 1, total, at, pick, picked, setPicked, chosen, ask });
  const rows = Math.ceil(total / columns);
  const row = (index) => {
    const cells = Array.from({ length: Math.min(columns, total - index * columns) }, (_, cell) => index * columns + cell);
    feed.look(cells[0] ?? 0, (cells[0] ?? 0) + 40);
    return html`<div class=${grid ? "cards" : ""} style=${grid ? { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` } : {}}>
      ${cells.map((cell) => html`<${Cell} key=${at(cell)?.id ?? cell} task=${at(cell)} grid=${grid} here=${cell === place} picked=${picked.has(at(cell)?.id)} onPick=${() => pick(at(cell))} />`)}
    </div>`;
  };
  return html`<div class="board" ref=${box}>
    ${total > 0 &&
    html`<${VirtualList} class=${grid ? "grid" : "rows"} count=${rows} height=${grid ? GRID : ROW} row=${row} label=${t("nav.takes")} onEnd=${() => feed.more()} at=${place < 0 ? undefined : Math.floor(place / columns)} />`}
    <${End} feed=${feed} total=${total} filter=${filter} />
    ${chosen.length > 0 && html`<${Chosen} tasks=${chosen} feed=${feed} onClear=${() => setPicked(new Map())} asking=${asking} ask=${ask} />`}
  </div>`;
}

function Cell(props) {
  return html`<${Card} ...${props} />`;
}

function End({ feed, total, filter }) {
  if (feed.error.value) return null;
  if (feed.loading.value || !feed.begun) return html`<p class="board-end"><${Spinner} label=${t("shell.loading")} /></p>`;
  if (!feed.whole) return html`<p class="board-end"><${Button} onClick=${() => feed.more()}>${t(total ? "takes.more" : "takes.further")}<//></p>`;
  if (total) return null;
  if (count(filter) || filter.text) {
    const all = { text: "", state: [], capability: "", vendor: "", model: "", stage: "", from: "", to: "", label: "" };
    return html`<${Empty} icon="search" title=${t("takes.none")}><${Button} onClick=${() => change(filter, all)}>${t("takes.clear")}<//><//>`;
  }
  return html`<${Empty} icon="takes" title=${t("takes.empty")}><p class="soft">${t("takes.empty.why")}</p><${Button} kind="main" icon="make" onClick=${() => go("/make")}>${t("nav.make")}<//><//>`;
}

function useBoardKeys({ filter, place, setPlace, columns, total, at, pick, picked, setPicked, chosen, ask }) {
  const to = (next) => total && setPlace(Math.min(total - 1, Math.max(0, next)));
  useEffect(() => {
    const id = at(place)?.id;
    const found = id && requestAnimationFrame(() => document.querySelector(`[data-task="${id}"] .card-open`)?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(found);
  }, [place]);
  const here = () => (chosen.length ? chosen : [at(place)].filter(Boolean));
  const asked = (what) => () => {
    if (!here().length) return false;
    if (!chosen.length) pick(at(place), true);
    return ask(what);
  };
  useKeys({
    j: [() => to(place + 1), t("takes.key.next")],
    k: [() => to(place - 1), t("takes.key.previous")],
    ...(columns > 1 ? { arrowdown: [() => place >= 0 && to(place + columns), ""], arrowup: [() => place >= 0 && to(place - columns), ""] } : {}),
    x: [() => (at(place) ? pick(at(place)) : false), t("takes.key.pick")],
    enter: [(event) => (event.target.closest("a, button, input, dialog") || !at(place) ? false : go(`/takes/${at(place).id}`)), t("takes.key.open")],
    c: [() => (chosen.length === 2 ? compare(chosen) : false), t("takes.key.compare")],
    r: [asked("retry"), t("takes.key.retry")],
    d: [asked("delete"), t("takes.key.delete")],
    "/": [() => document.getElementById("takes-search").focus(), t("takes.key.search")],
    v: [() => change(filter, { view: filter.view === "grid" ? "list" : "grid" }), t("takes.key.view")],
    escape: [() => (picked.size ? setPicked(new Map()) : document.activeElement?.blur()), t("takes.key.clear")],
  });
}

/** How many cards stand beside each other: as many as the window has room for. */
function useColumns(grid) {
  const box = useRef(null);
  const [columns, setColumns] = useState(() => fitting(innerWidth - 32));
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setColumns(fitting(entry.contentRect.width)));
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return [box, grid ? columns : 1];
}

function fitting(width) {
  return Math.max(width > 330 ? 2 : 1, Math.floor(width / CARD));
}

function turned(before, task, to) {
  const next = new Map(before);
  if (to) next.set(task.id, task);
  else next.delete(task.id);
  return next;
}
