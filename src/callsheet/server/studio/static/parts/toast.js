/** Short messages at the edge of the page, which go by themselves. */
import { html, signal } from "../lib/index.js";
import { t } from "../core/words.js";
import { Button } from "./Button.js";

const shown = signal([]);
let count = 0;

/**
 * Say something in passing. An ApiError may be given as it is; errors stay until they are closed.
 * @param {string | Error} said
 * @param {{kind?: "good" | "bad" | "plain", action?: [string, () => void]}} [how] `action` is one button: its word, and
 *   what it does
 */
export function toast(said, { kind = said instanceof Error ? "bad" : "plain", action } = {}) {
  const one = { id: ++count, text: said.message ?? said, hint: said.hint, kind, action };
  shown.value = [...shown.value.filter((other) => other.text !== one.text).slice(-3), one];
  if (kind !== "bad") setTimeout(() => close(one), action ? 9000 : 4500);
}

/** Where they are shown; the shell has it once. */
export function Toasts() {
  return html`<div class="toasts" role="log" aria-live="polite" aria-label=${t("shell.messages")}>
    ${shown.value.map(
      (one) => html`<div class="toast ${one.kind}" key=${one.id}>
        <div><p>${one.text}</p>${one.hint && html`<p class="hint">${one.hint}</p>`}</div>
        ${one.action && html`<${Button} small onClick=${() => (close(one), one.action[1]())}>${one.action[0]}<//>`}
        <${Button} kind="quiet" small icon="x" label=${t("shell.close")} onClick=${() => close(one)} />
      </div>`,
    )}
  </div>`;
}

function close(one) {
  shown.value = shown.value.filter((other) => other.id !== one.id);
}
