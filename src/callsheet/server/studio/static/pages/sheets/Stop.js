/** Ends a play whole, after it was asked whether that is meant, and says what it came to. */
import { html, useState } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Button, Dialog, toast } from "../../parts/index.js";
import { moneyOf } from "../takes/doing.js";
import { stop } from "./state.js";

/** @param {{count: number}} props how many shots wait or run */
export function Stop({ count }) {
  const [sure, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      const { shots, credits } = await stop();
      toast([t("sheets.stop.done", { count: shots.length }), moneyOf(credits)].filter(Boolean).join(" "), { kind: "good" });
    } catch (error) {
      toast(error);
    } finally {
      setBusy(false);
      ask(false);
    }
  };
  return html`<${Button} icon="cancel" onClick=${() => ask(true)}>${t("sheets.stop")}<//>
    ${sure &&
    html`<${Dialog}
      title=${t("sheets.stop.sure")}
      onClose=${() => ask(false)}
      actions=${html`<${Button} onClick=${() => ask(false)}>${t("sheets.stop.leave")}<//><${Button} kind="danger" busy=${busy} onClick=${go}>${t("sheets.stop.do")}<//>`}
    ><p>${count > 0 && t("sheets.going", { count })}</p><p>${t("sheets.stop.why")}</p><//>`}`;
}
