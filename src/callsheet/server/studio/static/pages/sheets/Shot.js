/** One shot: its model and stage, its price or how its task stands, and what it made, playing in place. */
import { html, useState } from "../../lib/index.js";
import { told } from "../../core/refusing.js";
import { Link } from "../../core/router.js";
import { t } from "../../core/words.js";
import { Button, Credits, Icon, StateBadge } from "../../parts/index.js";
import { Player } from "../../parts/Player.js";
import { Anew } from "./Anew.js";
import { show } from "./Editor.js";
import { ended, shots } from "./state.js";

/** @param {{shot: object}} props as the plan has it, with the latest of its task */
export function Shot({ shot }) {
  const [anew, setAnew] = useState(false);
  const { task } = shot;
  const waits = task?.state === "queued" && shot.after.some((one) => !made(one));
  return html`<li class="shot ${shot.found ? "found" : ""} ${task?.state ?? ""}" data-shot=${shot.name}>
    <header>
      <h2>${shot.name}</h2>
      ${task && (shot.found || !shot.quote) ? html`<${Standing} task=${task} waits=${waits} />` : shot.quote && html`<${Credits} value=${shot.quote.credits} />`}
    </header>
    <p class="shot-model mono">${shot.model}</p>
    <p class="shot-stage"><span class="tag ${shot.stage === "previz" ? "previz" : ""}">${shot.stage}</span>${shot.after.length > 0 && html`<span class="shot-after">${t("sheets.after", { shots: shot.after.join(", ") })}</span>`}</p>
    ${task?.state === "running" && html`<progress max="1" value=${task.progress ?? 0} aria-label=${t("sheets.progress", { shot: shot.name })}></progress>`}
    ${task && !shot.found && ended(task.state) && html`<p class="shot-failed"><${Icon} name="alert" />${task.error ? told(task.error).message : t(`state.${task.state}`)}</p>`}
    ${shot.gone && html`<p class="shot-failed"><${Icon} name="info" />${t("sheets.gone")}</p>`}
    ${task?.state === "succeeded" && task.artifacts.length > 0 && html`<${Player} task=${task} keys=${false} />`}
    <footer>
      ${shot.line && html`<${Button} kind="quiet" small onClick=${() => show(shot.line)}>${t("sheets.line", { line: shot.line })}<//>`}
      ${task && html`<${Link} class="button quiet small" to="/takes/${task.id}">${t("sheets.take")}<//>`}
      ${task && ended(task.state) && html`<${Button} kind="quiet" small icon="retry" label=${t("sheets.again", { shot: shot.name })} onClick=${() => setAnew(true)} />`}
    </footer>
    ${anew && html`<${Anew} shots=${[shot.name]} onClose=${() => setAnew(false)} />`}
  </li>`;
}

function Standing({ task, waits }) {
  if (waits) return html`<span class="state queued"><i aria-hidden="true"></i>${t("sheets.waits")}</span>`;
  return html`<${StateBadge} state=${task.state} progress=${task.progress} unsure=${task.unsure} />`;
}

function made(name) {
  const found = shots.value.find((one) => one.name === name);
  return found?.task && ended(found.task.state);
}
