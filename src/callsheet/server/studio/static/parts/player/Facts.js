/** What a file is and where it comes from: its measures, its model and stage, whether it is a preview, and its bytes. */
import { html } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { bytes, duration, number, time } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Icon } from "../Icon.js";

/** @param {{view: {file: object, files: object[]}, task?: object}} props */
export function Facts({ view, task }) {
  const { file, files } = view;
  return html`<div class="player-facts">
    <p class="measures">
      ${task && html`<${Origin} task=${task} />`}
      ${measures(file).map((one) => html`<span>${one}</span>`)}
      ${file.expires_at && html`<span title=${time(file.expires_at)}>${t("player.until", { time: time(file.expires_at) })}</span>`}
    </p>
    <p class="downloads">${files.map((one) => html`<${Download} key=${one.id} file=${one} many=${files.length > 1} />`)}</p>
  </div>`;
}

function Origin({ task }) {
  const preview = task.stage === "previz" || task.stage.startsWith("previz/");
  return html`${preview && html`<span class="preview" title=${t("player.preview.why")}>${t("player.preview")}</span>`}
    <span class="mono">${task.model}</span>
    ${task.stage !== task.model && html`<span>${t("player.stage", { stage: task.stage })}</span>`}`;
}

function Download({ file, many }) {
  const kind = file.name.split(".").slice(1).join(".").toUpperCase() || file.content_type;
  return html`<a class="button small" href=${media(file)} download=${file.name} aria-label=${t("player.download.named", { name: file.name })}>
    <${Icon} name="download" /><span>${many ? kind : t("player.download")}</span>
  </a>`;
}

function measures(file) {
  return [
    file.width && `${file.width}×${file.height}`,
    file.duration && duration(file.duration),
    file.fps && `${number(file.fps, { maximumFractionDigits: 3 })} fps`,
    file.content_type,
    bytes(file.bytes),
  ].filter(Boolean);
}
