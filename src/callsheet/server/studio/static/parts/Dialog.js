/** A dialog over the page, which keeps the focus inside until it is closed by Escape, its button, or a click beside it. */
import { html, useId, useLayoutEffect, useRef } from "../lib/index.js";
import { useKeys } from "../core/keys.js";
import { t } from "../core/words.js";
import { Button } from "./Button.js";

/**
 * Shown as long as it is part of the page: `open && html`<${Dialog} title=… onClose=…>…<//>``.
 * @param {{title: string, onClose: () => void, wide?: boolean, actions?: unknown, children: unknown}} props `actions`
 *   are the buttons at its foot
 */
export function Dialog({ title, onClose, wide = false, actions, children }) {
  const box = useRef(null);
  const id = useId();
  useKeys({}, { modal: true });
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const beside = (event) => event.target === box.current && onClose();
  return html`<dialog ref=${box} class="dialog ${wide ? "wide" : ""}" aria-labelledby=${id} onCancel=${cancel} onMouseDown=${beside}>
    <div class="dialog-inside">
      <header><h2 id=${id}>${title}</h2><${Button} kind="quiet" icon="x" label=${t("shell.close")} onClick=${onClose} /></header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer>${actions}</footer>`}
    </div>
  </dialog>`;
}
