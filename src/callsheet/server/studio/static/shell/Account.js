/** The end of the bar: who is signed in, the language, light or dark, and the list of keys. */
import { html, useState } from "../lib/index.js";
import { theme } from "../core/state.js";
import { LANGUAGES, lang, t } from "../core/words.js";
import { Button } from "../parts/Button.js";
import { Dialog } from "../parts/Dialog.js";
import { toast } from "../parts/toast.js";
import { session, signOut } from "./session.js";
import { SignIn } from "./SignIn.js";

const THEMES = ["auto", "light", "dark"];
const THEME_ICONS = { auto: "theme", light: "sun", dark: "moon" };

/** @param {{onKeys: () => void}} props */
export function Account({ onKeys }) {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  const other = Object.keys(LANGUAGES).find((one) => one !== lang.value);
  return html`<div class="account">
    <${Who} />
    <${Button} kind="quiet" class="language" lang=${other} onClick=${() => (lang.value = other)}>${LANGUAGES[other]}<//>
    <${Button} kind="quiet" icon=${THEME_ICONS[theme.value]} label=${t(`theme.${theme.value}`)} onClick=${() => (theme.value = next)} />
    <${Button} kind="quiet" class="keys" icon="keyboard" label=${t("shell.keys")} onClick=${onKeys} />
  </div>`;
}

function Who() {
  const [asking, ask] = useState(false);
  const known = session.value;
  if (!known?.account) return null;
  const leave = () => signOut().catch(toast);
  const said = known.operator ? t("shell.operator") : (known.name ?? known.account);
  return html`
    <span class="who" title=${t("shell.account", { account: known.account })}>${said}</span>
    ${known.signed_in
      ? html`<${Button} kind="quiet" icon="out" label=${t("shell.signout")} onClick=${leave} />`
      : html`<${Button} kind="quiet" icon="key" label=${t("shell.signin")} onClick=${() => ask(true)} />`}
    ${asking && html`<${Dialog} title=${t("shell.signin")} onClose=${() => ask(false)}><${SignIn} onDone=${() => ask(false)} /><//>`}
  `;
}
