/** What the keyboard does here and now. */
import { html, useMemo } from "../lib/index.js";
import { known } from "../core/keys.js";
import { t } from "../core/words.js";
import { Dialog } from "../parts/Dialog.js";

/** @param {{onClose: () => void}} props */
export function KeyList({ onClose }) {
  const keys = useMemo(known, []); // as it was before this dialog hid the page's
  return html`<${Dialog} title=${t("shell.keys")} onClose=${onClose}>
    <dl class="key-list">
      ${keys.map(([key, said]) => html`<div key=${key}><dt>${key.split(" ").map((one) => html`<kbd>${shown(one)}</kbd>`)}</dt><dd>${said}</dd></div>`)}
    </dl>
  <//>`;
}

function shown(key) {
  return key
    .split("+")
    .map((one) => ({ ctrl: /Mac/.test(navigator.platform) ? "⌘" : "Ctrl", arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", escape: "Esc", enter: "Enter", space: "Space" })[one] ?? one)
    .join(" ");
}
