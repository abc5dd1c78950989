/** What was said to the vendor and what it answered, as the server kept it: without secrets, and cut to a size. */
import { html, useEffect, useState } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { duration, time } from "../../core/format.js";
import { t } from "../../core/words.js";
import { ErrorBox, Spinner } from "../../parts/index.js";

/** @param {{task: object}} props */
export function Wire({ task }) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    get(`/v1/tasks/${task.id}/exchanges`).then(({ data }) => setFound(data), setError);
  }, [task.id, task.state]);
  if (error) return html`<${ErrorBox} error=${error} />`;
  if (!found) return html`<p><${Spinner} label=${t("shell.loading")} /></p>`;
  if (!found.length) return html`<p class="soft">${t(task.stage === "previz" ? "task.wire.previz" : "task.wire.none")}</p>`;
  return html`<p class="hint">${t("task.wire.why")}</p>
    <ol class="wire">${found.map((one, at) => html`<li key=${at}><${Exchange} said=${one} /></li>`)}</ol>`;
}

function Exchange({ said }) {
  const bad = said.status === null || said.status >= 400;
  return html`<details>
    <summary>
      <span class="mono verb">${said.method}</span><span class="mono url">${pathOf(said.url)}</span>
      <span class="mono status ${bad ? "bad" : ""}">${said.status ?? said.error}</span>
      <span class="mono soft">${duration(said.took / 1000)}</span>
    </summary>
    <p class="hint mono">${said.url} · ${time(said.at)}</p>
    ${body("task.wire.sent", said.request)} ${body("task.wire.answered", said.response)}
  </details>`;
}

function body(key, text) {
  return text && html`<h3>${t(key)}</h3><pre tabindex="0" role="region" aria-label=${t(key)}>${pretty(text)}</pre>`;
}

function pathOf(url) {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
