/** How it goes: the server's own checks, its work, and every vendor. */
import { html } from "../lib/index.js";
import { ApiError, call, get } from "../core/api.js";
import { useAsked } from "../core/asking.js";
import { root } from "../core/router.js";
import { register, t } from "../core/words.js";
import { Button, ErrorBox, Icon } from "../parts/index.js";
import office from "../words/office.js";
import "./office/style.js";
import words from "../words/health.js";
import { Vendors } from "./health/Vendors.js";
import { Work } from "./health/Work.js";
import { read } from "./health/metrics.js";

register(office);
register(words);

const EVERY = 5000;

/** The page; looked at anew every few seconds. */
export default function Health() {
  const ready = useAsked(readiness, [], { every: EVERY });
  const work = useAsked(metrics, [], { every: EVERY });
  const vendors = useAsked((signal) => get("/v1/vendors", { signal }), [], { every: EVERY });
  const all = [ready, work, vendors];
  const error = all.find((one) => one.error)?.error;
  const again = () => all.forEach((one) => one.again());
  return html`<div class="office health">
    <header class="office-bar"><h1>${t("nav.health")}</h1><${Button} icon="retry" label=${t("office.refresh")} onClick=${again} /></header>
    ${error && html`<${ErrorBox} error=${error} onRetry=${again} />`}
    <div class="health-own">
      ${ready.data && html`<${Checks} of=${ready.data} />`}
      <${Work} of=${work.data} />
    </div>
    ${vendors.data && html`<${Vendors} all=${vendors.data.data} />`}
  </div>`;
}

function Checks({ of }) {
  return html`<section aria-label=${t("health.server")}>
    <h2 class=${of.ok ? "good" : "bad"}><${Icon} name=${of.ok ? "check" : "alert"} />${t(of.ok ? "health.ready" : "health.unready")}</h2>
    <dl class="checks">
      ${Object.entries(of.checks).map(
        ([name, said]) => html`<div key=${name}><dt>${t(`health.check.${name}`)}</dt><dd class=${said === "ok" ? "good" : "bad"}>${said === "ok" ? t("health.ok") : said}</dd></div>`,
      )}
    </dl>
  </section>`;
}

/** The server's own checks; not ready (503) is an answer too. */
async function readiness(signal) {
  const response = await fetch(`${root}/readyz`, { signal }).catch((error) => {
    throw error.name === "AbortError" ? error : new ApiError({});
  });
  return response.json();
}

/** The numbers of /metrics; null where they are not for us. */
async function metrics(signal) {
  try {
    const response = await call("GET", "/metrics", { signal, raw: true });
    return read(await response.text());
  } catch (error) {
    if (error instanceof ApiError && [401, 403].includes(error.status)) return null;
    throw error;
  }
}
