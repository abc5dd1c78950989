/** Earlier outputs to choose from: of tasks that have ended, and of tasks still under way, which are then waited for. */
import { html, useEffect, useState } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { ago } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button, Dialog, Empty, ErrorBox, Spinner, StateBadge } from "../../parts/index.js";
import { kindOf } from "./media.js";
import { Preview } from "./Media.js";

/** @param {{medium: string, onPick: (value: object) => void, onClose: () => void}} props */
export function PickOutput({ medium, onPick, onClose }) {
  const [page, setPage] = useState({ tasks: [], next: null, loading: true });
  const load = async (cursor) => {
    try {
      const found = await get("/v1/tasks", { query: { limit: 40, cursor, state: ["succeeded", "running", "queued"] } });
      setPage((before) => ({ tasks: [...(cursor ? before.tasks : []), ...found.data], next: found.next }));
    } catch (error) {
      setPage((before) => ({ ...before, error, loading: false }));
    }
  };
  useEffect(() => {
    load();
  }, []);
  const found = page.tasks.flatMap((task) => outputs(task, medium));
  return html`<${Dialog} title=${t("media.take")} wide onClose=${onClose}>
    ${page.error && html`<${ErrorBox} error=${page.error} onRetry=${() => load()} />`}
    ${page.loading && !page.error && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
    ${!page.loading && !found.length && html`<${Empty} icon=${medium} title=${t(`media.none.${medium}`)} />`}
    <ul class="outputs">
      ${found.map(
        ({ task, file, output, value }) => html`<li key="${task.id} ${output}">
          <button type="button" onClick=${() => onPick(value)}>
            ${file ? html`<${Preview} file=${file} kind=${medium} />` : html`<span class="thumb blank"><${StateBadge} state=${task.state} progress=${task.progress} /></span>`}
            <span>${task.input.prompt ?? task.input.text ?? task.model}</span><small>${ago(task.created_at)} · ${task.model}</small>
          </button>
        </li>`,
      )}
    </ul>
    ${page.next && html`<${Button} onClick=${() => load(page.next)}>${t("make.more")}<//>`}
  <//>`;
}

function outputs(task, medium) {
  const shown = (file) => ({ kind: medium, file: file?.id, name: file?.name, width: file?.width, height: file?.height, duration: file?.duration });
  if (task.state !== "succeeded") {
    return capable(task, medium) ? [{ task, output: 0, value: { from: task.id, output: 0, shown: shown() } }] : [];
  }
  return task.artifacts
    .map((file, output) => ({ task, file, output, value: { from: task.id, output, shown: shown(file) } }))
    .filter(({ file }) => medium === "file" || kindOf(file.content_type) === medium);
}

/** Whether a task under way will have such an output, by the name of what it does. */
function capable(task, medium) {
  const made = { video: /video|shot|frame|trim|concat|motion/, image: /to-image|redraw|mask|upscale|thumbnail/, audio: /music|sound|speech|audio|mix/ };
  return made[medium]?.test(task.capability) ?? false;
}
