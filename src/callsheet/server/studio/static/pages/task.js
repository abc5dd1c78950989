/** One take: played, explained to the last exchange with its vendor, and the start of what comes next. */
import { html, useEffect, useState } from "../lib/index.js";
import { useKeys } from "../core/keys.js";
import { told } from "../core/refusing.js";
import { Link, go } from "../core/router.js";
import { ago, time } from "../core/format.js";
import { t } from "../core/words.js";
import { Button, ErrorBox, Icon, Player, Spinner, StateBadge } from "../parts/index.js";
import { titleOf } from "./takes/Card.js";
import { Sure } from "./takes/Chosen.js";
import { ended } from "./takes/feed.js";
import { Input, Money, TaskFacts } from "./task/Facts.js";
import { Promote } from "./task/Promote.js";
import { Timeline } from "./task/Timeline.js";
import { Told } from "./task/Told.js";
import { UseOutput } from "./task/UseOutput.js";
import { Wire } from "./task/Wire.js";
import { useTask } from "./task/useTask.js";

/** @param {{id: string}} props */
export function Task({ id }) {
  const { task, timeline, error, reload } = useTask(id);
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (task) document.title = `${titleOf(task).slice(0, 60)} · callsheet`;
  }, [task?.id]);
  useKeys({ b: [() => go("/takes"), t("task.back")] });
  if (error && !task) {
    return html`<${Back} /><${ErrorBox} error=${error} onRetry=${reload} />`;
  }
  if (!task) return html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`;
  return html`<div class="task">
    <${Head} task=${task} />
    <div class="task-main">
      <${Result} task=${task} at=${at} setAt=${setAt} />
      <${Doing} task=${task} at=${at} reload=${reload} />
    </div>
    <div class="task-side">
      <${Part} title=${t("task.input")}><${Input} task=${task} /><//>
      <${Part} title=${t("task.facts")}><${TaskFacts} task=${task} /><//>
      <${Part} title=${t("task.money")}><${Money} task=${task} /><//>
    </div>
    <div class="task-more">
      <${Part} title=${t("task.timeline")}><${Timeline} task=${task} timeline=${timeline} /><//>
      <${Part} title=${t("task.wire")}><${Wire} task=${task} /><//>
      ${task.webhook && html`<${Part} title=${t("task.told")}><${Told} task=${task} /><//>`}
    </div>
  </div>`;
}

function Back() {
  return html`<p><${Link} to="/takes" class="back"><${Icon} name="back" /> ${t("nav.takes")}<//></p>`;
}

function Head({ task }) {
  return html`<header class="task-head">
    <${Back} />
    <h1>${titleOf(task)}</h1>
    <p class="card-line soft">
      <${StateBadge} state=${task.state} progress=${task.progress} unsure=${task.unsure} />
      <span class="mono">${task.model}</span>
      <time dateTime=${task.created_at} title=${time(task.created_at)}>${ago(task.created_at)}</time>
    </p>
  </header>`;
}

function Result({ task, at, setAt }) {
  if (task.artifacts.length) return html`<${Player} task=${task} at=${at} onAt=${setAt} />`;
  if (task.error) return html`<${ErrorBox} error=${failure(task.error)} />`;
  if (ended(task)) return html`<p class="task-none soft">${t(task.state === "succeeded" ? "task.gone" : "task.nothing")}</p>`;
  return html`<div class="task-wait" role="status">
    <${Spinner} />
    <p>${t(task.unsure ? "task.unsure" : `task.${task.state}`)}</p>
    <progress max="1" value=${task.state === "running" && task.progress > 0 ? task.progress : undefined} aria-label=${t("task.progress")}></progress>
  </div>`;
}

function Doing({ task, at, reload }) {
  const [asking, ask] = useState(null);
  const [promoting, promote] = useState(false);
  const over = ended(task);
  const preview = task.stage === "previz";
  const forReal = () => (preview ? promote(true) : false);
  useKeys({
    p: [forReal, t("task.promote")],
    r: [() => ask("retry"), t("takes.key.retry")],
    d: [() => (over ? ask("delete") : false), t("takes.key.delete")],
    c: [() => go(`/compare?a=${task.id}`), t("task.compare")],
  });
  const feed = {
    put: (now) => (now.id === task.id ? reload() : go(`/takes/${now.id}`)),
    drop: () => go("/takes"),
    refresh: async () => {},
  };
  return html`<div class="task-do" role="group" aria-label=${t("task.do")}>
    ${preview && html`<${Button} kind="main" icon="promote" onClick=${forReal}>${t("task.promote")}<//>`}
    <${Button} icon="retry" onClick=${() => ask("retry")}>${t("task.again")}<//>
    <${Button} icon="edit" onClick=${() => go(`/make?task=${task.id}`)}>${t("task.edit")}<//>
    ${task.artifacts.length > 0 && html`<${UseOutput} task=${task} at=${at} />`}
    <${Button} icon="compare" onClick=${() => go(`/compare?a=${task.id}`)}>${t("task.compare")}<//>
    ${!over && html`<${Button} icon="cancel" onClick=${() => ask("cancel")}>${t("takes.cancel")}<//>`}
    ${over && html`<${Button} kind="danger" icon="trash" onClick=${() => ask("delete")}>${t("takes.delete")}<//>`}
    ${asking && html`<${Sure} asked=${asking} tasks=${[task]} feed=${feed} onClose=${() => ask(null)} />`}
    ${promoting && html`<${Promote} task=${task} onClose=${() => promote(false)} />`}
  </div>`;
}

function Part({ title, children }) {
  return html`<section class="part"><h2>${title}</h2>${children}</section>`;
}

/** What a task failed of, and whether trying again may help. */
function failure(error) {
  const { message, hint } = told(error);
  const again = t(error.retryable ? "task.may.succeed" : "task.will.not");
  return { message, hint: [hint, again].filter(Boolean).join(" "), code: error.code, requestId: null };
}
