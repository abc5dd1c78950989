/** What can be done with the takes that are selected. */
import { html, useState } from "../../lib/index.js";
import { go } from "../../core/router.js";
import { t } from "../../core/words.js";
import { Button, Dialog } from "../../parts/index.js";
import { again, cancel, download, remove, stageOf, withEach } from "./doing.js";
import { ended } from "./feed.js";

/**
 * @param {object} props
 * @param {object[]} props.tasks
 * @param {import("./feed.js").Feed} props.feed
 * @param {() => void} props.onClear
 * @param {"retry" | "cancel" | "delete" | null} props.asking
 * @param {(asked: "retry" | "cancel" | "delete" | null) => void} props.ask
 */
export function Chosen({ tasks, feed, onClear, asking, ask }) {
  const open = tasks.filter((task) => !ended(task));
  const over = tasks.filter(ended);
  const files = tasks.reduce((sum, task) => sum + task.artifacts.length, 0);
  return html`<div class="chosen" role="region" aria-label=${t("takes.chosen", { count: tasks.length })}>
    <b>${t("takes.chosen", { count: tasks.length })}</b>
    <${Button} small icon="compare" disabled=${tasks.length !== 2} title=${t("takes.compare.two")} onClick=${() => compare(tasks)}>${t("takes.compare")}<//>
    <${Button} small icon="retry" onClick=${() => ask("retry")}>${t("takes.retry")}<//>
    <${Button} small icon="cancel" disabled=${!open.length} onClick=${() => ask("cancel")}>${t("takes.cancel")}<//>
    <${Button} small icon="download" disabled=${!files} onClick=${() => download(tasks)}>${t("takes.download")}<//>
    <${Button} small icon="trash" kind="danger" disabled=${!over.length} onClick=${() => ask("delete")}>${t("takes.delete")}<//>
    <${Button} small kind="quiet" icon="x" label=${t("takes.unpick")} onClick=${onClear} />
    ${asking && html`<${Sure} asked=${asking} tasks=${{ retry: tasks, cancel: open, delete: over }[asking]} feed=${feed} onClose=${() => ask(null)} onDone=${onClear} />`}
  </div>`;
}

/** Show two takes beside each other. @param {object[]} tasks */
export function compare([one, other]) {
  go(`/compare?a=${one.id}&b=${other.id}`);
}

/** Asks before anything is made, ended or deleted. */
export function Sure({ asked, tasks, feed, onClose, onDone = () => {} }) {
  const [key] = useState(() => crypto.randomUUID?.() ?? String(Math.random()));
  const [busy, setBusy] = useState(false);
  const does = {
    retry: async (task) => feed?.put(await again(task, `${key}-${task.id}`, { stage: stageOf(task) })),
    cancel: async (task) => feed?.put(await cancel(task)),
    delete: async (task) => (await remove(task), feed?.drop(task.id)),
  }[asked];
  const go = async () => {
    setBusy(true);
    await withEach(tasks, does, `takes.${asked}.done`);
    if (feed) await feed.refresh().catch(() => {});
    onClose();
    onDone();
  };
  const kind = asked === "delete" ? "danger" : "main";
  return html`<${Dialog}
    title=${t(`takes.${asked}.sure`, { count: tasks.length })}
    onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("takes.leave")}<//><${Button} kind=${kind} busy=${busy} onClick=${go}>${t(`takes.${asked}.do`, { count: tasks.length })}<//>`}
  ><p>${t(`takes.${asked}.why`)}</p><//>`;
}
