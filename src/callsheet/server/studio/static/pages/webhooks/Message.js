/** One message: every try with what was answered, what was sent, and telling it once more. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { get, post } from "../../core/api.js";
import { useAsked } from "../../core/asking.js";
import { number, time } from "../../core/format.js";
import { Link } from "../../core/router.js";
import { t } from "../../core/words.js";
import { Button, ErrorBox, Spinner, toast } from "../../parts/index.js";
import { Told } from "./Told.js";

const SOON = 700;

/** @param {{id: string, onClose: () => void, onAgain: () => void}} props */
export function Message({ id, onClose, onAgain }) {
  const [pending, setPending] = useState(true);
  const { data, error, again } = useAsked((signal) => get(`/v1/webhooks/${id}`, { signal }), [id], { every: pending ? SOON : 0 });
  const settled = useRef(null);
  const box = useRef(null);
  useEffect(() => {
    if (box.current.getBoundingClientRect().top > innerHeight / 2) box.current.scrollIntoView(); // below its list, not beside it
  }, []);
  useEffect(() => {
    if (!data) return;
    setPending(data.state === "pending");
    if (settled.current === "pending" && data.state !== "pending") onAgain();
    settled.current = data.state;
  }, [data]);
  const tell = async () => {
    try {
      await post(`/v1/webhooks/${id}/redeliver`);
      toast(t("webhooks.told"), { kind: "good" });
      setPending(true);
      await again();
    } catch (failure) {
      toast(failure);
    }
  };
  return html`<section ref=${box} class="message" aria-label=${id}>
    <header><h2 class="mono">${id}</h2><${Button} kind="quiet" icon="x" label=${t("webhooks.close")} onClick=${onClose} /></header>
    ${error && html`<${ErrorBox} error=${error} onRetry=${again} />`}
    ${!data && !error && html`<${Spinner} label=${t("shell.loading")} />`}
    ${data && html`<dl class="facts">
        <div><dt>${t("webhooks.kind")}</dt><dd><span class="mono">${data.kind}</span> <${Told} state=${data.state} /></dd></div>
        <div><dt>${t("office.task")}</dt><dd><${Link} class="mono" to="/takes/${data.task_id}">${data.task_id}<//></dd></div>
        <div><dt>${t("webhooks.to")}</dt><dd class="mono">${data.url}</dd></div>
        ${data.next_at && html`<div><dt>${t("webhooks.at")}</dt><dd>${t("webhooks.next", { at: time(data.next_at) })}</dd></div>`}
      </dl>
      <${Button} icon="retry" onClick=${tell}>${t("webhooks.again")}<//>
      <h3>${t("webhooks.attempts")}</h3>
      ${!data.tries.length && html`<p class="soft">${t("webhooks.untried")}</p>`}
      <ol class="tries">${[...data.tries].reverse().map((one, at) => html`<${Try} key=${data.tries.length - at} one=${one} open=${at === 0} />`)}</ol>`}
  </section>`;
}

function Try({ one, open }) {
  const well = one.status >= 200 && one.status < 300;
  return html`<li>
    <details open=${open}>
      <summary><b class=${well ? "good" : "bad"}>${one.status ?? "–"}</b> ${time(one.at)} <span class="soft">${t("webhooks.took", { ms: number(one.took) })}</span></summary>
      ${one.error && html`<p class="bad">${one.error}</p>`}
      <p class="label">${t("webhooks.sent")}</p>
      <pre tabindex="0">${pretty(one.body)}</pre>
    </details>
  </li>`;
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
