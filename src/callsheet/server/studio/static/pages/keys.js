/** The keys that open the API: made (shown once), limited, revoked. For the operator. */
import { html, useState } from "../lib/index.js";
import { get } from "../core/api.js";
import { useAsked } from "../core/asking.js";
import { register, t } from "../core/words.js";
import { Button, Empty, ErrorBox, Spinner } from "../parts/index.js";
import { OperatorOnly } from "../parts/OperatorOnly.js";
import { session } from "../shell/session.js";
import office from "../words/office.js";
import "./office/style.js";
import words from "../words/keys.js";
import { Create } from "./keys/Create.js";
import { Limit } from "./keys/Limit.js";
import { Revoke } from "./keys/Revoke.js";
import { Table } from "./keys/Table.js";

register(office);
register(words);

/** The page. */
export default function Keys() {
  if (!session.value.operator) {
    return html`<div class="office keys"><header class="office-bar"><h1>${t("nav.keys")}</h1></header>
      <${OperatorOnly} title=${t("keys.operator")}><p class="soft">${t("keys.about")}</p><//></div>`;
  }
  return html`<${Open} />`;
}

function Open() {
  const { data, error, again } = useAsked((signal) => get("/v1/keys", { signal }));
  const [doing, setDoing] = useState(null);
  const close = () => setDoing(null);
  const keys = data?.data ?? [];
  return html`<div class="office keys">
    <header class="office-bar">
      <h1>${t("nav.keys")}</h1>
      <${Button} kind="main" icon="make" onClick=${() => setDoing(["create"])}>${t("keys.create")}<//>
    </header>
    <p class="soft">${t("keys.about")}</p>
    ${error && html`<${ErrorBox} error=${error} onRetry=${again} />`}
    ${!data && !error && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
    ${data && !keys.length && html`<${Empty} icon="key" title=${t("keys.none")}><p>${t("keys.none.why")}</p><//>`}
    ${keys.length > 0 && html`<${Table} keys=${keys} onLimit=${(key) => setDoing(["limit", key])} onRevoke=${(key) => setDoing(["revoke", key])} />`}
    ${doing?.[0] === "create" && html`<${Create} first=${!keys.length} onClose=${close} onDone=${again} />`}
    ${doing?.[0] === "limit" && html`<${Limit} of=${doing[1]} onClose=${close} onDone=${again} />`}
    ${doing?.[0] === "revoke" && html`<${Revoke} of=${doing[1]} onClose=${close} onDone=${again} />`}
  </div>`;
}
