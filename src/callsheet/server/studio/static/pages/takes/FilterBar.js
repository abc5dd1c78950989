/** Search, states, and the rest of the filter behind a press. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { named } from "../../core/naming.js";
import { t } from "../../core/words.js";
import { Button, Field, Icon, Select } from "../../parts/index.js";
import { OF_FEW, ORDERS, STATES, change, count } from "./filter.js";

const PAUSE = 250;

/** @param {{filter: object, order: string, loaded: number, whole: boolean, few: boolean}} props */
export function FilterBar({ filter, order, loaded, whole, few }) {
  const [open, setOpen] = useState(false);
  const set = count(filter);
  const turn = (state) => change(filter, { state: filter.state.includes(state) ? filter.state.filter((one) => one !== state) : [...filter.state, state] });
  return html`<div class="filter-bar" role="search" aria-label=${t("takes.filter")}>
    <div class="filter-line">
      <${Search} filter=${filter} />
      <div class="states" role="group" aria-label=${t("takes.states")}>
        ${STATES.map((state) => html`<button type="button" key=${state} class="chip" aria-pressed=${String(filter.state.includes(state))} onClick=${() => turn(state)}>${t(`state.${state}`)}</button>`)}
      </div>
      <${Button} icon="chevron" class=${open ? "turned" : ""} aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>${set ? t("takes.filter.set", { count: set }) : t("takes.filter")}<//>
      <span class="filter-space"></span>
      <span class="soft loaded" role="status">${t(whole ? "takes.all" : "takes.loaded", { count: loaded })}</span>
      <${Select} class="order" aria-label=${t("takes.order")} value=${order} title=${few ? undefined : t("takes.order.why")} options=${(few ? [...ORDERS, ...OF_FEW] : ORDERS).map((value) => ({ value, label: t(`takes.order.${value}`) }))} onChange=${(order) => change(filter, { order })} />
      <div class="views" role="group" aria-label=${t("takes.view")}>
        <${Button} kind="quiet" icon="takes" label=${t("takes.grid")} aria-pressed=${String(filter.view === "grid")} onClick=${() => change(filter, { view: "grid" })} />
        <${Button} kind="quiet" icon="list" label=${t("takes.list")} aria-pressed=${String(filter.view === "list")} onClick=${() => change(filter, { view: "list" })} />
      </div>
    </div>
    ${open && html`<${More} filter=${filter} />`}
  </div>`;
}

function Search({ filter }) {
  const field = useRef(null);
  const [text, setText] = useState(filter.text);
  const latest = useRef(filter);
  latest.current = filter;
  const told = useRef(filter.text);
  useEffect(() => {
    // What was told from here is no news: there may be more in the field by now.
    if (filter.text !== told.current) setText(filter.text);
    told.current = filter.text;
  }, [filter.text]);
  useEffect(() => {
    if (text === latest.current.text) return undefined;
    const timer = setTimeout(() => {
      told.current = text;
      change(latest.current, { text });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<label class="search">
    <${Icon} name="search" />
    <input ref=${field} type="search" id="takes-search" value=${text} maxlength="200" placeholder=${t("takes.search")} aria-label=${t("takes.search")} title=${t("takes.search.why")} onInput=${(event) => setText(event.currentTarget.value)} />
  </label>`;
}

function More({ filter }) {
  const [known, setKnown] = useState({ capabilities: [], models: [], vendors: [] });
  useEffect(() => {
    catalogue().then(setKnown, () => {});
  }, []);
  const pick = (name, from, said) => html`<${Field} label=${t(`takes.by.${name}`)}>${(attributes) => html`<${Select} ...${attributes} value=${filter[name]} options=${choices(from, filter[name], said)} onChange=${(value) => change(filter, { [name]: value })} />`}<//>`;
  const type = (name, kind, hint) => html`<${Field} label=${t(`takes.by.${name}`)} hint=${hint}>${(attributes) => html`<input ...${attributes} type=${kind} value=${filter[name]} onChange=${(event) => change(filter, { [name]: event.currentTarget.value })} />`}<//>`;
  return html`<div class="filter-more">
    ${pick("capability", known.capabilities, named)} ${pick("vendor", known.vendors)} ${pick("model", known.models)} ${pick("stage", ["previz", ...known.models])}
    ${type("from", "date")} ${type("to", "date")} ${type("label", "text", t("takes.label.how"))}
    ${count(filter) > 0 && html`<${Button} icon="x" class="clear" onClick=${() => change(filter, { state: [], capability: "", vendor: "", model: "", stage: "", from: "", to: "", label: "" })}>${t("takes.clear")}<//>`}
  </div>`;
}

function choices(from, chosen, said = (one) => one) {
  const all = chosen && !from.includes(chosen) ? [chosen, ...from] : from;
  return [{ value: "", label: t("takes.any") }, ...all.map((value) => ({ value, label: said(value) }))];
}

let coming = null;

function catalogue() {
  coming ??= Promise.all([get("/v1/capabilities"), get("/v1/models")]).then(([capabilities, models]) => ({
    capabilities: capabilities.data.map((one) => one.id),
    models: models.data.map((one) => one.id),
    vendors: [...new Set(models.data.map((one) => one.vendor))],
  }));
  coming.catch(() => {
    coming = null;
  });
  return coming;
}
