/** The head of the page: which sheet it is, where it runs, what it costs, and playing it. */
import { html, useRef, useState } from "../../lib/index.js";
import { refusalOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Credits, Select, toast } from "../../parts/index.js";
import { Anew } from "./Anew.js";
import { Stop } from "./Stop.js";
import { current, ended, fault, look, name, on, plan, play, shots, text } from "./state.js";
import { open, take } from "./taking.js";

/** Name, stage, price, play, open, save. */
export function Bar() {
  const chosen = useRef(null);
  const [anew, setAnew] = useState(false);
  return html`<header class="sheets-bar">
    <h1>${plan.value?.title ?? t("nav.sheets")}</h1>
    <div class="sheets-file">
      <input class="mono" aria-label=${t("sheets.name")} value=${name.value} onInput=${(event) => (name.value = event.currentTarget.value)} />
      <input ref=${chosen} type="file" accept=".toml" hidden onChange=${(event) => take([...event.currentTarget.files])} />
      <${Button} icon="upload" label=${t("sheets.open")} onClick=${() => chosen.current.click()} />
      <${Button} icon="download" label=${t("sheets.save")} disabled=${!text.value} onClick=${save} />
      <${Button} icon="make" label=${t("sheets.another")} disabled=${!text.value} onClick=${() => open("film.toml", "")} />
    </div>
    <label class="sheets-stage"><span>${t("sheets.on")}</span>
      <${Select} value=${on.value} onChange=${(value) => (on.value = value)} options=${[
        { value: "", label: t("sheets.on.sheet") },
        { value: "previz", label: t("sheets.on.previz") },
      ]} />
    </label>
    <${Playing} onAnew=${() => setAnew(true)} />
    ${anew && html`<${Anew} shots="*" onClose=${() => setAnew(false)} />`}
  </header>`;
}

/** Save the text as a file. */
export function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.value], { type: "application/toml" }));
  link.download = name.value || "film.toml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function Playing({ onAnew }) {
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      await play();
    } catch (error) {
      toast(error);
      look(); // some of it may be handed in
    } finally {
      setBusy(false);
    }
  };
  const open = shots.value.filter((one) => one.task && !ended(one.task.state)).length;
  const todo = shots.value.filter((one) => !one.found).length;
  const said = open ? t("sheets.going", { count: open }) : todo ? "" : t("sheets.made");
  const planned = current.value && !fault.value;
  return html`<div class="sheets-play">
    <p class="sheets-total" role="status">${planned && (todo ? html`<${Total} />` : said)}</p>
    ${planned && !todo && !open
      ? html`<${Button} icon="retry" onClick=${onAnew}>${t("sheets.anew")}<//>`
      : html`${(open > 0 || busy) && html`<${Stop} count=${open} />`}
          <${Button} kind="main" icon="play" busy=${busy} disabled=${!planned || !todo || plan.value.refusal} onClick=${begin}>${t("sheets.play")}<//>`}
    ${plan.value?.refusal && html`<p class="sheets-refusal" role="alert">${refusalOf(plan.value)}</p>`}
  </div>`;
}

function Total() {
  const { credits, unknown } = plan.value;
  const rest = unknown.length ? ` ${t("sheets.unknown", { count: unknown.length })}` : "";
  return html`<${Credits} value=${credits} />${rest}`;
}
