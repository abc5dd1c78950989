/** A diagram: its picture, and behind a press its source, to be changed and copied. */
import { html } from "../../lib/index.js";
import { persisted } from "../../core/state.js";
import { t } from "../../core/words.js";
import { Button } from "../Button.js";
import { Picture } from "./Picture.js";
import { Text } from "./Text.js";

const open = persisted("player.source", false);

/** @param {{file: object, source: object, keys?: boolean, label: string}} props */
export function Diagram({ file, source, keys = true, label }) {
  const toggle = html`<${Button} small icon="text" aria-pressed=${String(open.value)} onClick=${() => (open.value = !open.value)}>${t("player.source")}<//>`;
  return html`<div class="player-diagram ${open.value ? "with-source" : ""}">
    <${Picture} file=${file} keys=${keys} label=${label}>${toggle}<//>
    ${open.value && html`<${Text} file=${source} editable label=${t("player.source")} />`}
  </div>`;
}
