/** How a receiver checks that a message is from here, with the three lines that do it. */
import { html } from "../../lib/index.js";
import { t } from "../../core/words.js";

const CODE = `import callsheet

event = callsheet.verify_webhook(secret, request.headers, request.body)
print(event.type, event.task.id)`;

/** Folded away until it is wanted. */
export function Signature() {
  return html`<details class="signature">
    <summary>${t("webhooks.signature")}</summary>
    <p>${t("webhooks.signature.about")}</p>
    <ul><li class="mono">webhook-id</li><li class="mono">webhook-timestamp</li><li class="mono">webhook-signature</li></ul>
    <p>${t("webhooks.signature.sum")}</p>
    <p>${t("webhooks.signature.old")}</p>
    <p>${t("webhooks.signature.once")}</p>
    <p>${t("webhooks.signature.code")}</p>
    <pre tabindex="0">${CODE}</pre>
  </details>`;
}
