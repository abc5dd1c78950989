/** The text of a sheet with the numbers of its lines, and what is wrong at the line where it is. */
import { html, useEffect, useRef } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Button, ErrorBox } from "../../parts/index.js";
import { fault, text } from "./state.js";

let area = null;

/** The editor; a fault stands below it, and its line is marked. */
export function Editor() {
  const box = useRef(null);
  const numbers = useRef(null);
  const wrong = fault.value?.line ?? null;
  useEffect(() => {
    area = box.current;
  });
  const scrolled = () => {
    numbers.current.scrollTop = box.current.scrollTop;
  };
  const count = text.value.split("\n").length;
  return html`<div class="editor ${wrong ? "wrong" : ""}">
    <ol ref=${numbers} class="editor-numbers" aria-hidden="true">
      ${Array.from({ length: count }, (_, at) => html`<li key=${at} class=${at + 1 === wrong ? "wrong" : ""}>${at + 1}</li>`)}
    </ol>
    <textarea
      ref=${box}
      class="mono"
      wrap="off"
      spellcheck=${false}
      autocapitalize="off"
      aria-label=${t("sheets.text")}
      aria-invalid=${wrong ? "true" : undefined}
      aria-describedby=${fault.value ? "sheets-fault" : undefined}
      value=${text.value}
      onInput=${(event) => (text.value = event.currentTarget.value)}
      onScroll=${scrolled}
    ></textarea>
  </div>
  <div id="sheets-fault" class="sheets-fault">${fault.value && html`<${Fault} error=${fault.value} />`}</div>`;
}

/**
 * Show a line of the text, chosen as a whole.
 * @param {number} line from 1
 */
export function show(line) {
  if (!area) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 1) * height - area.clientHeight / 2);
}

function Fault({ error }) {
  if (!error.line) return html`<${ErrorBox} error=${error} />`;
  return html`<div class="error-box" role="alert">
    <${Button} small onClick=${() => show(error.line)}>${t("sheets.line", { line: error.line })}<//>
    <div><p>${error.message.replace(/^[^:]+:\d+: /, "")}</p>${error.hint && html`<p class="hint">${error.hint}</p>`}</div>
  </div>`;
}
