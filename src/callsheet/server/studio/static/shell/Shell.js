/** The frame around every page: navigation, who is signed in, language, light, keys, and what has to be said. */
import { html, useEffect, useErrorBoundary, useState } from "../lib/index.js";
import { useKeys } from "../core/keys.js";
import { Link, go, useRoute } from "../core/router.js";
import { t } from "../core/words.js";
import { Button } from "../parts/Button.js";
import { Empty } from "../parts/Empty.js";
import { ErrorBox } from "../parts/ErrorBox.js";
import { Icon } from "../parts/Icon.js";
import { Spinner } from "../parts/Spinner.js";
import { Toasts } from "../parts/toast.js";
import { Account } from "./Account.js";
import { KeyList } from "./KeyList.js";
import { FIRST, PAGES, page } from "./pages.js";
import { look, session, trouble } from "./session.js";
import { SignIn } from "./SignIn.js";

/** The whole studio. */
export function Shell() {
  const { page: asked } = useRoute();
  const name = asked || FIRST;
  const [keysShown, showKeys] = useState(false);
  useEffect(() => {
    look();
  }, []);
  useEffect(() => {
    document.title = `${t(`nav.${name}`)} · callsheet`;
  });
  useKeys({
    "?": [() => showKeys(true), t("shell.keys")],
    ...Object.fromEntries(PAGES.map((one) => [one.key, [() => go(`/${one.name}`), t(`nav.${one.name}`)]])),
  });
  return html`
    <a class="skip" href="#main">${t("shell.skip")}</a>
    <${Bar} name=${name} onKeys=${() => showKeys(true)} />
    <main id="main" tabindex="-1" class="page page-${name}"><${Inside} name=${name} /></main>
    <${Toasts} />
    ${keysShown && html`<${KeyList} onClose=${() => showKeys(false)} />`}
  `;
}

function Bar({ name, onKeys }) {
  const [open, setOpen] = useState(false);
  return html`<header class="bar">
    <${Link} to="/" class="mark" aria-label="callsheet"><span aria-hidden="true">callsheet</span><//>
    <${Button} kind="quiet" icon="menu" class="menu" label=${t("shell.menu")} aria-expanded=${String(open)} aria-controls="nav" onClick=${() => setOpen(!open)} />
    <nav id="nav" class=${open ? "open" : ""} aria-label=${t("shell.pages")}>
      ${PAGES.map(
        (one) => html`<${Link} key=${one.name} to="/${one.name}" aria-current=${one.name === name ? "page" : undefined} onClick=${() => setOpen(false)}>
          <${Icon} name=${one.icon} />${t(`nav.${one.name}`)}
        <//>`,
      )}
    </nav>
    <${Account} onKeys=${onKeys} />
  </header>`;
}

function Inside({ name }) {
  if (trouble.value) return html`<${ErrorBox} error=${trouble.value} onRetry=${look} />`;
  if (!session.value) return html`<${Waiting} />`;
  if (!session.value.account) {
    return html`<h1 class="unseen">callsheet</h1>
      <${Empty} icon="key" title=${t("shell.closed")}><p>${t("shell.closed.why")}</p><${SignIn} /><//>`;
  }
  // Another account is another studio: nothing that was shown stays.
  return html`<${Page} name=${name} key="${name} ${session.value.account} ${session.value.operator}" />`;
}

function Page({ name }) {
  const [component, setComponent] = useState(null);
  const [missing, setMissing] = useState(null);
  const [fault, reset] = useErrorBoundary((error) => console.error(error));
  useEffect(() => {
    if (PAGES.some((one) => one.name === name)) page(name).then((found) => setComponent(() => found), setMissing);
  }, [name]);
  if (!PAGES.some((one) => one.name === name)) return html`<${Empty} title=${t("shell.nowhere")}><${Button} onClick=${() => go("/")}>${t("shell.begin")}<//><//>`;
  if (fault) return html`<${ErrorBox} error=${{ message: t("shell.fault"), hint: String(fault.message ?? fault) }} onRetry=${reset} />`;
  if (missing) {
    return html`<${Empty} icon="alert" title=${t("shell.unloaded")}>
      <p>${t("shell.unloaded.why")}</p><${Button} icon="retry" onClick=${() => location.reload()}>${t("shell.reload")}<//>
    <//>`;
  }
  return component ? html`<${component} />` : html`<${Waiting} />`;
}

function Waiting() {
  return html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`;
}
