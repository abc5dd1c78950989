/** What was made from this page, newest first: the one looked at large, the others as a strip. */
import { html, useEffect, useState } from "../../lib/index.js";
import { get, post, watch } from "../../core/api.js";
import { ago, duration } from "../../core/format.js";
import { persisted } from "../../core/state.js";
import { told } from "../../core/refusing.js";
import { Link } from "../../core/router.js";
import { t } from "../../core/words.js";
import { Button, Empty, ErrorBox, StateBadge, toast } from "../../parts/index.js";
import { Player } from "../../parts/Player.js";
import { Preview } from "./Media.js";

const MOST = 18;
const ENDED = ["succeeded", "failed", "canceled"];

const made = persisted("make.takes", []);

/** The take that is looked at. @type {import("../../lib/index.js").Signal<string | null>} */
const looked = persisted("make.looked", null);

/** Show a task that was just made. @param {string} id */
export function show(id) {
  made.value = [id, ...made.value.filter((one) => one !== id)].slice(0, MOST);
  looked.value = id;
}

/** @param {{onAgain: (task: object) => void}} props `onAgain` makes a task once more, with another seed */
export function Takes({ onAgain }) {
  const ids = made.value;
  if (!ids.length) return html`<${Empty} icon="takes" title=${t("make.empty")}><p class="soft">${t("make.empty.why")}</p><//>`;
  const at = ids.includes(looked.value) ? looked.value : ids[0];
  return html`<${Take} key=${at} id=${at} onAgain=${onAgain} />
    ${ids.length > 1 &&
    html`<ul class="strip-of-takes" aria-label=${t("make.earlier.takes")}>
      ${ids.map((id) => html`<li key=${id}><${Small} id=${id} at=${id === at} /></li>`)}
    </ul>`}`;
}

function Take({ id, onAgain }) {
  const { task, error } = useTask(id);
  if (error) return html`<${ErrorBox} error=${error} /><${Button} small onClick=${() => drop(id)}>${t("make.take.drop")}<//>`;
  if (!task) return html`<div class="take-frame"></div>`;
  const over = ENDED.includes(task.state);
  const again = task.input.seed !== undefined || onAgain.seeded(task);
  return html`<article class="take" aria-labelledby="take-${id}">
    <${Frame} task=${task} />
    <header>
      <${StateBadge} state=${task.state} progress=${task.progress} unsure=${task.unsure} />
      <h2 id="take-${id}">${task.input.prompt ?? task.input.text ?? task.model}</h2>
      <p class="hint"><span class="mono">${task.model}</span> · ${t("make.ran", { stage: task.stage })} · ${ago(task.created_at)}${task.started_at && task.ended_at ? ` · ${t("make.took", { time: duration((new Date(task.ended_at) - new Date(task.started_at)) / 1000) })}` : ""}</p>
    </header>
    <div class="take-do">
      ${!over && html`<${Button} icon="cancel" onClick=${() => post(`/v1/tasks/${id}/cancel`).catch(toast)}>${t("make.cancel")}<//>`}
      ${over && again && html`<${Button} icon="dice" onClick=${() => onAgain(task)}>${t("make.another")}<//>`}
      <${Link} class="button quiet" to="/takes/${id}">${t("make.open")}<//>
    </div>
  </article>`;
}

function Frame({ task }) {
  if (task.error) return html`<${ErrorBox} error=${told(task.error)} />`;
  if (task.artifacts.length) return html`<${Player} task=${task} autoplay />`;
  const [width, height] = String(task.input.aspect_ratio ?? "").split(":").map(Number);
  const shape = width && height ? { aspectRatio: `${width} / ${height}` } : {};
  return html`<div class="take-frame" style=${shape}>
    <progress max="1" value=${task.progress || undefined} aria-label=${t(`state.${task.state}`)}></progress>
  </div>`;
}

function Small({ id, at }) {
  const { task } = useTask(id);
  const file = task?.artifacts[0];
  return html`<button type="button" aria-pressed=${String(at)} title=${task?.input.prompt ?? id} onClick=${() => (looked.value = id)}>
    ${file ? html`<${Preview} file=${file} kind="file" />` : html`<span class="thumb blank">${task ? html`<${StateBadge} state=${task.state} progress=${task.progress} />` : ""}</span>`}
    <span class="unseen">${task?.input.prompt ?? id}</span>
  </button>`;
}

/** A task, live until it has ended. */
function useTask(id) {
  const [found, setFound] = useState({});
  useEffect(() => {
    let here = true;
    let stop = () => {};
    const fail = (error) => here && setFound({ error });
    let [asked, told] = [0, 0];
    const load = async () => {
      const mine = ++asked;
      const task = await get(`/v1/tasks/${id}`);
      if (here && mine > told) setFound({ task }); // else an answer that came late, of what was before
      told = Math.max(told, mine);
      return task;
    };
    const hear = ({ type, data }) => {
      if (type === "progress") setFound((before) => before.task && { task: { ...before.task, state: "running", progress: data.progress } });
      else if (type === "started" || ENDED.includes(type)) load().catch(fail);
    };
    load().then((task) => {
      if (here && !ENDED.includes(task.state)) stop = watch(id, hear, fail);
    }, fail);
    return () => {
      here = false;
      stop();
    };
  }, [id]);
  return found;
}

function drop(id) {
  made.value = made.value.filter((one) => one !== id);
}
