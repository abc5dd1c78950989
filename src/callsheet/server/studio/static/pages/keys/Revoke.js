/** Asks once more before a key opens nothing. */
import { html, useState } from "../../lib/index.js";
import { del } from "../../core/api.js";
import { t } from "../../core/words.js";
import { Button, Dialog, toast } from "../../parts/index.js";

/** @param {{of: object, onClose: () => void, onDone: () => void}} props `of` is the key */
export function Revoke({ of, onClose, onDone }) {
  const [busy, setBusy] = useState(false);
  const revoke = async () => {
    setBusy(true);
    try {
      await del(`/v1/keys/${of.id}`);
      toast(t("keys.revoked", { name: of.name }), { kind: "good" });
      onDone();
      onClose();
    } catch (failure) {
      toast(failure);
      setBusy(false);
    }
  };
  const actions = html`<${Button} onClick=${onClose} autofocus>${t("office.cancel")}<//><${Button} kind="danger" icon="trash" busy=${busy} onClick=${revoke}>${t("keys.revoke.do")}<//>`;
  return html`<${Dialog} title=${t("keys.revoke", { name: of.name })} onClose=${onClose} actions=${actions}>
    <p>${t("keys.revoke.sure")}</p><p class="mono soft">${of.id} · ${of.account}</p>
  <//>`;
}
