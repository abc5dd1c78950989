/** One take on the board: as a card with its picture, or as a row. */
import { html } from "../../lib/index.js";
import { ago, credits, duration, time } from "../../core/format.js";
import { named } from "../../core/naming.js";
import { Link } from "../../core/router.js";
import { t } from "../../core/words.js";
import { StateBadge } from "../../parts/index.js";
import { views } from "../../parts/player/kinds.js";
import { Poster } from "./Poster.js";
import { took } from "./feed.js";

/** What a task is called where one line has to do. @param {object} task */
export function titleOf({ input, capability }) {
  const said = input.prompt ?? input.text ?? input.description;
  return typeof said === "string" && said.trim() ? said.trim() : named(capability);
}

/** @param {{task: object | undefined, picked: boolean, here: boolean, onPick: (event: Event) => void, grid: boolean}} props */
export function Card({ task, picked, here, onPick, grid }) {
  if (!task) return html`<div class="take-card waiting-card" aria-hidden="true"></div>`;
  const seconds = took(task);
  const many = views(task.artifacts).length;
  return html`<article class="take-card ${grid ? "" : "row"} ${picked ? "picked" : ""} ${here ? "here" : ""}" data-task=${task.id} aria-current=${here ? "true" : undefined}>
    <label class="pick"><input type="checkbox" checked=${picked} aria-label=${t("takes.pick", { title: titleOf(task).slice(0, 60) })} onClick=${onPick} /></label>
    <${Link} class="card-open" to="/takes/${task.id}" title=${titleOf(task)}>
      <${Poster} task=${task} />
      ${task.state === "running" && html`<span class="card-share" style=${{ inlineSize: `${100 * task.progress}%` }}></span>`}
      ${task.stage === "previz" && html`<span class="preview">${t("player.preview")}</span>`}
      <span class="card-title">${titleOf(task)}</span>
    <//>
    <p class="card-line card-state">
      <${StateBadge} state=${task.state} progress=${task.progress} unsure=${task.unsure} />
      ${many > 1 && html`<span class="soft">×${many}</span>`}
    </p>
    <p class="card-line soft">
      <span class="mono card-model">${task.model}</span>
      ${seconds > 0 && html`<span>${duration(seconds)}</span>`}
    </p>
    <p class="card-line soft">
      ${task.usage?.credits > 0 && html`<span>${t("takes.credits", { credits: credits(task.usage.credits) })}</span>`}
      <time dateTime=${task.created_at} title=${time(task.created_at)}>${ago(task.created_at)}</time>
    </p>
  </article>`;
}
