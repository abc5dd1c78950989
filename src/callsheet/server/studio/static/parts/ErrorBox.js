/** What went wrong, the way out, and the id under which the server's log knows it. */
import { html } from "../lib/index.js";
import { t } from "../core/words.js";
import { Button } from "./Button.js";
import { Icon } from "./Icon.js";

/** @param {{error: {message: string, hint?: string | null, code?: string, requestId?: string | null}, onRetry?: () => void}} props */
export function ErrorBox({ error, onRetry }) {
  return html`<div class="error-box" role="alert">
    <${Icon} name="alert" />
    <div>
      <p>${error.message}</p>
      ${error.hint && html`<p class="hint">${error.hint}</p>`}
      ${error.requestId && html`<p class="hint mono">${error.code} · ${error.requestId}</p>`}
    </div>
    ${onRetry && html`<${Button} small icon="retry" onClick=${onRetry}>${t("shell.again")}<//>`}
  </div>`;
}
