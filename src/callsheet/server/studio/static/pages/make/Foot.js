/** The foot of the form: where it runs, what it costs and why, and the button. */
import { html, useEffect, useState } from "../../lib/index.js";
import { basisOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Credits, Select, Spinner } from "../../parts/index.js";
import { isLive, isLocal, keyOf } from "./catalogue.js";
import { titled } from "./Control.js";

/**
 * @param {{entry: object, stage: string, onStage: (stage: string) => void, said: {quote?: object, error?: Error, asking: boolean},
 *   missing: string[], broken: string[], busy: boolean, unpriced: boolean, onMake: () => void, onClear?: () => void}} props
 */
export function Foot({ entry, stage, onStage, said, missing, broken, busy, unpriced, onMake, onClear }) {
  return html`<div class="foot">
    <div class="foot-quote" role="status"><${Price} said=${said} missing=${missing} broken=${broken} /></div>
    <div class="foot-do">
      ${!isLocal(entry) && html`<${Stage} entry=${entry} stage=${stage} onStage=${onStage} />`}
      ${onClear && html`<${Button} kind="quiet" onClick=${onClear}>${t("make.reset")}<//>`}
      <${Button} kind="main" busy=${busy} disabled=${unpriced} onClick=${onMake} title="Ctrl + Enter">${t("make.make")}<//>
    </div>
  </div>`;
}

function Price({ said: { quote, error, asking }, missing, broken }) {
  if (missing.length) return html`<p class="missing">${t("make.missing", { names: missing.map(titled).join(t("make.comma")) })}</p>`;
  if (broken.length) return html`<p class="missing">${broken[0][0].toUpperCase() + broken[0].slice(1)}</p>`;
  if (error) return html`<p class="missing">${error.message}</p>${error.code === "not_supported" && html`<p class="hint">${error.hint}</p>`}`;
  if (!quote) return html`<p><${Spinner} label=${t("make.quoting")} /></p>`;
  const on = quote.stage === "previz" ? t("make.on.previz") : t("make.on.vendor", { stage: quote.stage });
  return html`<p class=${asking ? "stale" : ""}><${Credits} value=${quote.credits} /> <span class="soft">${on}</span></p><p class="hint">${basisOf(quote)}</p>`;
}

/** A vendor without a key is shown, with the setting that it wants, and cannot be picked. */
function Stage({ entry, stage, onStage }) {
  const [live, setLive] = useState(true);
  useEffect(() => {
    isLive(entry.vendor).then(setLive, () => {}); // unknown is not refused: the quote says it
  }, [entry.vendor]);
  const options = [
    { value: "", label: t("make.stage.routed") },
    { value: "previz", label: t("make.stage.previz") },
    live
      ? { value: entry.id, label: t("make.stage.vendor", { vendor: entry.vendor }) }
      : { value: entry.id, label: t("make.stage.keyless", { vendor: entry.vendor, setting: keyOf(entry.vendor) }), disabled: true },
  ];
  return html`<${Select} class="stage" aria-label=${t("make.stage")} value=${stage} options=${options} onChange=${onStage} />`;
}
