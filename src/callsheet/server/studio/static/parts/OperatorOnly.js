/** Says that something is the operator's, and lets them sign in. */
import { html } from "../lib/index.js";
import { t } from "../core/words.js";
import { SignIn } from "../shell/SignIn.js";
import { Empty } from "./Empty.js";

/** @param {{title: string, children?: unknown}} props what it is, and more to be said about it */
export function OperatorOnly({ title, children }) {
  return html`<${Empty} icon="key" title=${title}><p>${t("office.operator")}</p>${children}<${SignIn} /><//>`;
}
