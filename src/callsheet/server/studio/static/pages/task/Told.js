/** What the task's webhook was told, every try, and telling it once more. */
import { html, useEffect, useState } from "../../lib/index.js";
import { get, post } from "../../core/api.js";
import { duration, time } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button, toast } from "../../parts/index.js";

/** @param {{task: object}} props */
export function Told({ task }) {
  const [messages, setMessages] = useState(null);
  const read = () => get("/v1/webhooks", { query: { task: task.id, limit: 20 } }).then(({ data }) => setMessages(data), () => setMessages([]));
  useEffect(() => {
    read();
  }, [task.id, task.state, task.webhook_state]);
  const redeliver = async (id) => {
    await post(`/v1/webhooks/${id}/redeliver`).then(() => toast(t("task.told.again"), { kind: "good" }), toast);
    read();
  };
  return html`<p class="mono url">${task.webhook}</p>
    <ul class="entries">${(messages ?? []).map((one) => html`<li key=${one.id} class="message">
      <span class="mono">${one.kind}</span> <span class="soft">${t(`task.told.${one.state}`, { count: one.attempts })}</span>
      <${Button} small icon="retry" onClick=${() => redeliver(one.id)}>${t("task.told.redeliver")}<//>
      <${Tries} id=${one.id} attempts=${one.attempts} />
    </li>`)}</ul>`;
}

function Tries({ id, attempts }) {
  const [tries, setTries] = useState(null);
  const open = (event) => event.currentTarget.open && get(`/v1/webhooks/${id}`).then((found) => setTries(found.tries), toast);
  if (!attempts) return null;
  return html`<details onToggle=${open}><summary>${t("task.told.tries", { count: attempts })}</summary>
    <ul class="entries">${(tries ?? []).map((one) => html`<li><time dateTime=${one.at}>${time(one.at)}</time> <b class="mono">${one.status ?? one.error}</b> <span class="soft">${duration(one.took / 1000)}</span></li>`)}</ul>
  </details>`;
}
