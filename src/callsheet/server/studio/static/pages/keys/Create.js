/** Makes a key, and shows it once. */
import { html, useState } from "../../lib/index.js";
import { post } from "../../core/api.js";
import { t } from "../../core/words.js";
import { Button, Dialog, Field, toast } from "../../parts/index.js";
import { look } from "../../shell/session.js";
import { LimitFields, begun, limitsOf } from "./LimitFields.js";

/** @param {{first: boolean, onClose: () => void, onDone: () => void}} props `first` where there is no key yet */
export function Create({ first, onClose, onDone }) {
  const [form, setForm] = useState({ name: "", account: "", ...begun() });
  const [made, setMade] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (name, value) => setForm((before) => ({ ...before, [name]: value }));
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const account = form.account.trim();
      setMade(await post("/v1/keys", { name: form.name.trim(), ...(account ? { account } : {}), ...limitsOf(form) }));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (made) return html`<${Shown} made=${made} onClose=${() => (onClose(), onDone(), look())} />`;
  const wrong = (name) => (error?.param === name ? error.message : "");
  const actions = html`<${Button} onClick=${onClose}>${t("office.cancel")}<//><${Button} kind="main" type="submit" form="new-key" busy=${busy} disabled=${!form.name.trim()}>${t("keys.create")}<//>`;
  return html`<${Dialog} title=${t("keys.create")} onClose=${onClose} actions=${actions}>
    <form id="new-key" class="form" onSubmit=${submit}>
      ${first && html`<p class="warned">${t("keys.first")}</p>`}
      <${Field} label=${t("keys.name")} hint=${t("keys.name.hint")} required error=${wrong("name") || (error && !error.param ? error.message : "")}>
        ${(rest) => html`<input value=${form.name} maxlength="100" onInput=${(event) => set("name", event.currentTarget.value)} required autofocus ...${rest} />`}
      <//>
      <${Field} label=${t("keys.account")} hint=${t("keys.account.hint")} error=${wrong("account")}>
        ${(rest) => html`<input class="mono" value=${form.account} onInput=${(event) => set("account", event.currentTarget.value)} ...${rest} />`}
      <//>
      <${LimitFields} form=${form} set=${set} error=${error} />
    </form>
  <//>`;
}

function Shown({ made, onClose }) {
  const actions = html`<${Button} kind="main" icon="check" onClick=${onClose}>${t("keys.kept")}<//>`;
  return html`<${Dialog} title=${t("keys.made", { name: made.name })} onClose=${onClose} actions=${actions}>
    <div class="form">
      <p class="warned">${t("keys.made.once")}</p>
      <${Once} name="key" value=${made.key} /><${Once} name="secret" value=${made.secret} />
    </div>
  <//>`;
}

function Once({ name, value }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      toast(t("office.copied"), { kind: "good" });
    } catch {
      document.getElementById(`once-${name}`).select(); // where the browser lets no page copy, the reader can
    }
  };
  return html`<div class="field">
    <label for="once-${name}">${t(`keys.${name}`)}</label>
    <div class="once"><input id="once-${name}" class="mono" readonly value=${value} onFocus=${(event) => event.currentTarget.select()} /><${Button} icon="copy" label=${`${t("office.copy")}: ${t(`keys.${name}`)}`} onClick=${copy} /></div>
    <p class="hint">${t(`keys.${name}.hint`)}</p>
  </div>`;
}
