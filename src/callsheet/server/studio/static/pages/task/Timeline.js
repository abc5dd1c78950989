/** All that happened to a task, in plain words, each line with the time since it was handed in. */
import { html } from "../../lib/index.js";
import { number, time } from "../../core/format.js";
import { t } from "../../core/words.js";

const ENDS = { succeeded: "good", failed: "bad", canceled: "" };

/** @param {{task: object, timeline: object[]}} props */
export function Timeline({ task, timeline }) {
  const since = new Date(task.created_at);
  return html`<ol class="timeline">
    ${folded(timeline).map(
      (event) => html`<li key=${event.seq} class=${`${event.type} ${ENDS[event.type] ?? ""}`}>
        <time class="mono" dateTime=${event.at} title=${time(event.at)}>${t("task.after", { seconds: number((new Date(event.at) - since) / 1000, { minimumFractionDigits: 3, maximumFractionDigits: 3 }) })}</time>
        <p>${event.text}</p>
      </li>`,
    )}
  </ol>`;
}

/** Of progress after progress only the last. */
function folded(timeline) {
  return timeline.filter((event, at) => event.type !== "progress" || timeline[at + 1]?.type !== "progress");
}
