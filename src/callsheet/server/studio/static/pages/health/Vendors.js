/** Every vendor: whether it is live, what it has, what was heard of it last, where its models run. */
import { html } from "../../lib/index.js";
import { ago, time } from "../../core/format.js";
import { Link } from "../../core/router.js";
import { told } from "../../core/refusing.js";
import { t } from "../../core/words.js";

const COUNTS = ["there", "to_send", "unsure", "parked", "retrying"];
const LIKE = { idle: "queued", well: "succeeded", failing: "failed", parked: "unsure" };

/** @param {{all: object[]}} props as /v1/vendors lists them */
export function Vendors({ all }) {
  return html`<section aria-label=${t("health.vendors")}>
    <h2>${t("health.vendors")}</h2>
    <p class="hint">${t("health.vendors.about")}</p>
    <ul class="vendors">${[...all].sort((one, other) => weight(other) - weight(one)).map((one) => html`<${Vendor} key=${one.id} of=${one} />`)}</ul>
  </section>`;
}

/** What needs a look comes first, then what is live. */
function weight({ health, live, local }) {
  return 4 * Number(["failing", "parked"].includes(health?.condition)) + 2 * Number(live) - Number(local);
}

function Vendor({ of }) {
  const { health } = of;
  const live = of.local ? "here" : of.live ? "yes" : of.configured ? "driver" : "no";
  const stages = [...new Set(of.capabilities.flatMap((one) => one.stages))];
  return html`<li class="vendor ${health?.condition ?? ""}" data-vendor=${of.id}>
    <header>
      <h3><a href=${of.docs} target="_blank" rel="noreferrer">${of.name}</a></h3>
      ${health && html`<span class="state ${LIKE[health.condition]}"><i aria-hidden="true"></i>${t(`health.condition.${health.condition}`)}</span>`}
    </header>
    <dl class="facts">
      <${Fact} name="live">${t(`health.live.${live}`)}<//>
      <${Fact} name="runs">${stages.map((one) => t(`health.stage.${one}`)).join(", ")}<//>
      <${Fact} name="news">${t(`health.news.${of.news}`)}<//>
      ${health && html`<${Has} of=${health} /><${Heard} of=${health} />`}
      <${Fact} name="facts">${of.checked}<//>
    </dl>
  </li>`;
}

function Fact({ name, children }) {
  return html`<div><dt>${t(`health.${name}`)}</dt><dd>${children}</dd></div>`;
}

function Has({ of }) {
  const said = COUNTS.filter((one) => of[one]).map((one) => t(`health.has.${one}`, { count: of[one] }));
  if (!said.length) return null;
  return html`<${Fact} name="has">${said.join(", ")}${of.next_try && html`<br /><span class="soft" title=${time(of.next_try)}>${t("health.next", { at: ago(of.next_try) })}</span>`}<//>`;
}

/** What went wrong, in the language shown. */
function saidOf(ill) {
  return Object.values(told(ill)).filter(Boolean).join(" ");
}

function Heard({ of }) {
  const { last_success: well, last_failure: ill } = of;
  if (!well && !ill) return null;
  return html`<${Fact} name="heard">
    ${ill && html`<p class="bad"><span class="mono">${ill.code}</span> <${Link} to="/takes/${ill.task}" title=${time(ill.at)}>${ago(ill.at)}<//>: ${saidOf(ill)}</p>`}
    ${well && html`<p><${Link} to="/takes/${well.task}" title=${time(well.at)}>${t("health.success", { at: ago(well.at) })}<//></p>`}
  <//>`;
}
