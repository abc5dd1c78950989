/** Makes things: a form from a model's facts, its quote, and what comes of it, in place. */
import { html, useEffect, useMemo, useRef, useState } from "../lib/index.js";
import { get, post } from "../core/api.js";
import { useKeys } from "../core/keys.js";
import { go, useRoute } from "../core/router.js";
import { register, t } from "../core/words.js";
import { ErrorBox, Spinner, toast } from "../parts/index.js";
import words from "../words/make.js";
import names from "../words/params.js";
import said from "../words/values.js";
import { Advice } from "./make/Advice.js";
import { isLocal, model } from "./make/catalogue.js";
import { Chooser, Chosen } from "./make/Chooser.js";
import { Foot } from "./make/Foot.js";
import { Form } from "./make/Form.js";
import { changed, chosen, delivered, dice, formOf, inputOf, keyFor, stage, values } from "./make/form.js";
import { useQuote } from "./make/quoting.js";
import { broken, params } from "./make/schema.js";
import { Takes, show } from "./make/Takes.js";

[words, names, said].forEach(register);

/** Milliseconds in which a second click on the same form is the second half of a double click. */
const DOUBLE = 500;

/** `/make`, with `?model=ID` for a model, or `?task=ID` to begin from a task's input (`&stage=…` to run it elsewhere). */
export default function Make() {
  const { query } = useRoute();
  const [error, setError] = useState(null);
  const [choosing, choose] = useState(false);
  useEffect(() => {
    if (query.task || query.model) begin(query).catch(setError);
  }, [query.task, query.model]);
  useKeys({ "/": [() => choose(true), t("make.search")] });
  const pick = (id) => {
    chosen.value = id;
    setError(null);
    choose(false);
  };
  return html`<h1 class="unseen">${t("nav.make")}</h1>
    <div class="make">
      ${error && html`<${ErrorBox} error=${error} />`}
      <${Sheet} key=${chosen.value} id=${chosen.value} onOpen=${() => choose(true)} />
      <section class="results" aria-label=${t("make.results")}><${Takes} onAgain=${again} /></section>
    </div>
    ${choosing && html`<${Chooser} chosen=${chosen.value} onPick=${pick} onClose=${() => choose(false)} />`}`;
}

/** The form of one model. */
function Sheet({ id, onOpen }) {
  const [entry, setEntry] = useState(null);
  const [missing, setMissing] = useState(null);
  useEffect(() => {
    model(id).then(setEntry, setMissing);
  }, [id]);
  return html`<section class="sheet" aria-label=${t("make.form")}>
    <${Chosen} entry=${entry} onOpen=${onOpen} />
    ${missing && html`<${ErrorBox} error=${missing} />`}
    ${!entry && !missing && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
    ${entry && html`<${Filled} entry=${entry} />`}
  </section>`;
}

function Filled({ entry }) {
  const form = values(entry.id);
  const all = useMemo(() => params(entry.input_schema), [entry]);
  const [wrong, setWrong] = useState(null);
  const [busy, setBusy] = useState(false);
  const box = useRef(null);
  const sending = useRef({});
  const body = bodyOf(entry.id, form.value);
  const missing = all.filter((one) => one.required && body.input[one.name] === undefined).map((one) => one.name);
  const quoted = useQuote(missing.length ? null : body);
  const error = wrong ?? told(quoted.error, form.value);
  // What may cost is not handed in before its price is shown; what is missing, the server says at its field.
  const unpriced = quoted.asking && !missing.length && !isLocal(entry) && body.stage !== "previz";
  const make = async (event) => {
    if (unpriced || event.detail > 1) return; // the second half of a double click, however late it comes
    const print = JSON.stringify(body);
    const { busy: under, print: before, at } = sending.current;
    if (under || (before === print && performance.now() - at < DOUBLE)) return;
    sending.current = { busy: true };
    setBusy(true);
    try {
      await submit(body);
      sending.current = { print, at: performance.now() };
      setWrong(null);
      reveal();
    } catch (failure) {
      sending.current = {};
      setWrong(failure);
      if (!pointed(box.current, failure, all)) toast(failure);
    } finally {
      setBusy(false);
    }
  };
  useKeys({ "ctrl+enter": [make, t("make.make")] });
  const set = (name, value) => {
    form.value = changed(form.value, name, value);
    if (named(wrong) === name) setWrong(null);
  };
  const clear = Object.keys(form.value).length ? () => (setWrong(null), (form.value = {})) : undefined;
  const written = "prompt" in entry.input_schema.properties ? "prompt" : "text";
  const { [written]: text, ...rest } = body.input;
  const advice = { [written]: html`<${Advice} model=${entry.id} text=${text} input=${rest} />` };
  return html`<div ref=${box}><${Form} params=${all} form=${form.value} error=${error} onSet=${set} after=${advice} /></div>
    <${Foot} entry=${entry} stage=${stage.value} onStage=${(one) => (stage.value = one)} said=${quoted} missing=${missing} broken=${broken(entry.input_schema, body.input)} busy=${busy} unpriced=${unpriced} onMake=${make} onClear=${clear} />`;
}

/** On a narrow screen what is made stands below the form. */
function reveal() {
  const results = document.querySelector(".results");
  if (results && results.getBoundingClientRect().top > innerHeight * 0.6) results.scrollIntoView({ block: "start" });
}

function bodyOf(id, form) {
  const on = stage.value === "previz" || stage.value === id ? { stage: stage.value } : {};
  return { model: id, input: inputOf(form), ...on };
}

async function submit(body) {
  const task = await post("/v1/tasks", body, { headers: { "idempotency-key": keyFor(body) } });
  delivered();
  show(task.id);
}

/** Once more with another seed: of the same model, with the same input otherwise; what may cost, by way of the form. */
async function again(task) {
  try {
    const entry = await model(task.model);
    const { maximum = 4_294_967_295 } = entry.input_schema.properties.seed;
    const input = { ...task.input, seed: dice(maximum) };
    if (isLocal(entry) || task.stage === "previz") {
      const on = task.model.startsWith("previz/") ? {} : { stage: "previz" };
      await submit({ model: task.model, input, ...on });
      return;
    }
    values(entry.id).value = formOf(input, params(entry.input_schema));
    [chosen.value, stage.value] = [entry.id, task.stage === entry.id ? entry.id : ""];
    toast(t("make.another.priced"));
  } catch (error) {
    toast(error);
  }
}
again.seeded = (task) => task.model === chosen.value && values(task.model).value.seed === undefined;

/** Which param an error is about, the first name of its path. */
function named(error) {
  return /^\w+/.exec(error?.param?.replace(/^input\./, "") ?? "")?.[0];
}

/** What the quote found wrong, as long as it is about something that was filled in: what is missing is no fault yet. */
function told(error, form) {
  return error && named(error) in form ? error : null;
}

function pointed(box, error, all) {
  if (!all.some((one) => one.name === named(error))) return false;
  requestAnimationFrame(() => {
    const field = box.querySelector(`.param-${named(error)}`);
    field?.closest("details")?.setAttribute("open", "");
    field?.querySelector("input, textarea, select, button")?.focus();
  });
  return true;
}

async function begin({ task: id, model: wanted, stage: on }) {
  if (wanted) chosen.value = wanted;
  if (id) {
    const task = await get(`/v1/tasks/${id}`);
    const entry = await model(wanted ?? task.model);
    values(entry.id).value = formOf(task.input, params(entry.input_schema));
    chosen.value = entry.id;
  }
  if (on !== undefined) stage.value = on;
  go("/make", { replace: true });
}
