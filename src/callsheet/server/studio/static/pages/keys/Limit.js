/** Changes what a key may do. */
import { html, useState } from "../../lib/index.js";
import { patch } from "../../core/api.js";
import { t } from "../../core/words.js";
import { Button, Dialog, toast } from "../../parts/index.js";
import { LimitFields, begun, limitsOf } from "./LimitFields.js";

/** @param {{of: object, onClose: () => void, onDone: () => void}} props `of` is the key */
export function Limit({ of, onClose, onDone }) {
  const [form, setForm] = useState(begun(of.limits));
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await patch(`/v1/keys/${of.id}`, limitsOf(form));
      toast(t("keys.saved", { name: of.name }), { kind: "good" });
      onDone();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const actions = html`<${Button} onClick=${onClose}>${t("office.cancel")}<//><${Button} kind="main" type="submit" form="limit-key" busy=${busy}>${t("keys.save")}<//>`;
  return html`<${Dialog} title=${t("keys.change", { name: of.name })} onClose=${onClose} actions=${actions}>
    <form id="limit-key" class="form" onSubmit=${submit}>
      <${LimitFields} form=${form} set=${(name, value) => setForm({ ...form, [name]: value })} error=${error} />
      ${error && !error.param && html`<p class="error">${error.message}</p>`}
    </form>
  <//>`;
}
