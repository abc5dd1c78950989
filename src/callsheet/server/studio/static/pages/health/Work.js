/** What waits, what runs, and what room there is. */
import { html } from "../../lib/index.js";
import { bytes, duration, number } from "../../core/format.js";
import { t } from "../../core/words.js";
import { sum } from "./metrics.js";

/** @param {{of: object | null}} props the metrics, null where they are not for us or not yet here */
export function Work({ of }) {
  return html`<section aria-label=${t("health.work")}>
    <h2>${t("health.work")}</h2>
    ${of ? html`<dl class="checks">${rows(of).map(([name, said, bad]) => html`<div key=${name}><dt>${t(`health.${name}`)}</dt><dd class=${bad ? "bad" : ""}>${said}</dd></div>`)}</dl>` : html`<p class="soft">${t("health.metrics.why")}</p>`}
  </section>`;
}

function rows(of) {
  const build = of.callsheet_build_info?.[0]?.labels ?? {};
  const renders = { running: sum(of, "renders", { state: "running" }), slots: sum(of, "render_slots"), waiting: sum(of, "renders", { state: "waiting" }) };
  const [unsure, parked, late] = ["tasks_unsure", "tasks_parked", "schedule_late_seconds"].map((one) => sum(of, one));
  return [
    ["queued", number(sum(of, "tasks_unfinished", { state: "queued" }))],
    ["running", number(sum(of, "tasks_unfinished", { state: "running" }))],
    ["late", duration(late), late > 30],
    ["renders", t("health.renders.of", renders)],
    ["messages", number(sum(of, "webhooks_pending"))],
    ["unsure", number(unsure), unsure > 0],
    ["parked", number(parked), parked > 0],
    ["free", bytes(sum(of, "disk_free_bytes"))],
    ["version", build.version ?? "–"],
    ["python", build.python ?? "–"],
  ];
}
