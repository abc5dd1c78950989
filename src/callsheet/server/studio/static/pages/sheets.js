/** A call sheet: its text, its shots with what they take from each other, and playing it. */
import { html, useEffect } from "../lib/index.js";
import { toast } from "../parts/index.js";
import { useKeys } from "../core/keys.js";
import { register, t } from "../core/words.js";
import office from "../words/office.js";
import words from "../words/sheets.js";
import takes from "../words/takes.js";
import { Bar, save } from "./sheets/Bar.js";
import { Editor } from "./sheets/Editor.js";
import { Files } from "./sheets/Files.js";
import { Start } from "./sheets/Start.js";
import { Strip } from "./sheets/Strip.js";
import { take } from "./sheets/taking.js";
import { current, fault, files, leave, look, name, on, play, plan, text } from "./sheets/state.js";

register(office);
register(words);
register(takes);

const PAUSE = 350;

/** The page. */
export default function Sheets() {
  const shown = [text.value, on.value, name.value, files.value];
  useEffect(() => {
    const timer = setTimeout(look, plan.peek() ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, shown);
  useEffect(() => leave, []);
  useKeys({
    "ctrl+enter": [() => current.value && !fault.value && play().catch(toast), t("sheets.play")],
    "ctrl+s": [save, t("sheets.save")],
  });
  const drop = (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  };
  return html`<div class="sheets" onDrop=${drop} onDragOver=${(event) => event.preventDefault()}>
    <${Bar} />
    ${text.value.trim() ? html`<div class="sheets-work"><div class="sheets-text"><${Editor} /><${Files} /></div><${Strip} /></div>` : html`<${Start} />`}
  </div>`;
}
