/** Pays credits in for an account, or takes them out again: for the operator. */
import { html, useState } from "../../lib/index.js";
import { post } from "../../core/api.js";
import { credits } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button, Dialog, Field, toast } from "../../parts/index.js";

/** @param {{account: string, onClose: () => void, onDone: () => void}} props */
export function Fund({ account, onClose, onDone }) {
  const [form, setForm] = useState({ account, amount: "", memo: "" });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (name) => (event) => setForm({ ...form, [name]: event.currentTarget.value });
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await post("/v1/ledger/funds", { ...form, amount: Number(form.amount) });
      toast(t("ledger.funded", { account: made.account, available: credits(made.available) }), { kind: "good" });
      onDone();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const wrong = (name) => (error?.param === name ? error.message : "");
  const actions = html`<${Button} onClick=${onClose}>${t("office.cancel")}<//><${Button} kind="main" type="submit" form="fund" busy=${busy} disabled=${!Number(form.amount)}>${t("ledger.fund")}<//>`;
  return html`<${Dialog} title=${t("ledger.fund")} onClose=${onClose} actions=${actions}>
    <form id="fund" class="form" onSubmit=${submit}>
      <p class="hint">${t("ledger.fund.about")}</p>
      <${Field} label=${t("ledger.account")} error=${wrong("account")}>${(rest) => html`<input class="mono" value=${form.account} onInput=${set("account")} required ...${rest} />`}<//>
      <${Field} label=${t("ledger.amount")} error=${wrong("amount") || (error && !error.param ? error.message : "")}>${(rest) => html`<input type="number" step="any" value=${form.amount} onInput=${set("amount")} required autofocus ...${rest} />`}<//>
      <${Field} label=${t("ledger.memo")} error=${wrong("memo")}>${(rest) => html`<input value=${form.memo} maxlength="200" onInput=${set("memo")} ...${rest} />`}<//>
    </form>
  <//>`;
}
