/** Asks whether shots are to be made anew: which those are, and what that costs. */
import { html, useState } from "../../lib/index.js";
import { useAsked } from "../../core/asking.js";
import { refusalOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Credits, Dialog, ErrorBox, Spinner, toast } from "../../parts/index.js";
import { look, play, priced } from "./state.js";

/** @param {{shots: string[] | "*", onClose: () => void}} props */
export function Anew({ shots, onClose }) {
  const { data, error } = useAsked(() => priced(shots));
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      await play(shots);
      onClose();
    } catch (failure) {
      toast(failure);
      setBusy(false);
      look();
    }
  };
  const names = data?.shots.filter((one) => !one.found).map((one) => one.name) ?? [];
  const actions = html`<${Button} onClick=${onClose}>${t("office.cancel")}<//><${Button} kind="main" icon="play" busy=${busy} disabled=${!data || data.refusal} onClick=${begin}>${t("sheets.anew.do")}<//>`;
  return html`<${Dialog} title=${t("sheets.anew")} onClose=${onClose} actions=${actions}>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${!data && !error && html`<${Spinner} label=${t("shell.loading")} />`}
    ${data && html`<p>${t("sheets.anew.which", { count: names.length, names: names.join(", ") })}</p>
      <p>${t("sheets.anew.cost")} <${Credits} value=${data.credits} />${data.unknown.length ? ` ${t("sheets.unknown", { count: data.unknown.length })}` : ""}</p>
      ${data.refusal && html`<p class="error">${refusalOf(data)}</p>`}`}
  <//>`;
}
