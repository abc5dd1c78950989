/** All that happened to a task, in plain words, each line with the time since it was handed in. */
import { html } from "../../lib/index.js";
import { credits, number, time } from "../../core/format.js";
import { told } from "../../core/refusing.js";
import { has, lang, register, t } from "../../core/words.js";
import words from "../../words/timeline.js";

register(words);

const ENDS = { succeeded: "good", failed: "bad", canceled: "" };

/** @param {{task: object, timeline: object[]}} props */
export function Timeline({ task, timeline }) {
  const since = new Date(task.created_at);
  return html`<ol class="timeline">
    ${folded(timeline).map(
      (event) => html`<li key=${event.seq} class=${`${event.type} ${ENDS[event.type] ?? ""}`}>
        <time class="mono" dateTime=${event.at} title=${time(event.at)}>${t("task.after", { seconds: number((new Date(event.at) - since) / 1000, { minimumFractionDigits: 3, maximumFractionDigits: 3 }) })}</time>
        <p>${line(event)}</p>
      </li>`,
    )}
  </ol>`;
}

/** Of progress after progress only the last. */
function folded(timeline) {
  return timeline.filter((event, at) => event.type !== "progress" || timeline[at + 1]?.type !== "progress");
}

/** Their data says more than the words of their type: without a reason the server's own line stands behind. */
const RICH = new Set(["rerouted", "parked", "retrying", "unsure"]);

/** An event in the language shown, by its type and its data; one of a type without words as the server says it. */
function line({ type, data, text }) {
  const key = `timeline.${type}`;
  if (lang.value === "en" || !(has(key) || has(`${key}.other`))) return text;
  const said = [t(key, valuesOf(data)), ...further(type, data), data.credits != null && type !== "late" && t("timeline.cost", { credits: credits(data.credits) })];
  if (type === "failed") said.push(Object.values(told(data)).filter(Boolean).join(" "));
  if (type === "succeeded" && data.usage?.credits != null) said.push(t("timeline.cost", { credits: credits(data.usage.credits) }));
  if ((RICH.has(type) && !worded(data)) || data.passed?.length || data.approximations?.length) said.push(text);
  return said.filter(Boolean).join(" ");
}

/** What the data of an event says beyond the words of its type. */
function further(type, data) {
  if (RICH.has(type) && worded(data)) return [Object.values(told(data)).filter(Boolean).join(" "), type === "rerouted" && t(data.to ? "timeline.rerouted.to" : "timeline.rerouted.end", data)];
  if (type === "adopted") return [t(`timeline.adopted.${data.by}`)];
  if (type !== "webhook") return [];
  const answer = data.status == null ? data.error : t("timeline.webhook.status", data);
  const next = data.told === "gave_up" ? t("timeline.webhook.over") : data.after != null && t("timeline.webhook.next", valuesOf(data));
  return [answer, next];
}

/** Whether what went wrong has a reason that there are words for. */
function worded({ reason }) {
  return Boolean(reason) && has(`error.${reason}`);
}

function valuesOf(data) {
  const counted = data.for ?? data.artifacts ?? data.files ?? [];
  const percent = number(data.progress ?? 0, { style: "percent" });
  const after = number(data.after ?? 0, { maximumSignificantDigits: 3 });
  return { ...data, percent, after, count: counted.length, credits: credits(data.credits) };
}
