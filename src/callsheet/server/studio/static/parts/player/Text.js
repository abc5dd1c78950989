/** A text, a report, or a diagram's source: shown whole where it is short, and copied with one press. */
import { html, useEffect, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { bytes } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button } from "../Button.js";
import { Spinner } from "../Spinner.js";

/** Bytes of a text that are shown; the rest comes with the download. */
const SHOWN = 200_000;

/** @param {{file: object, editable?: boolean, label: string}} props `editable` lets it be changed before it is copied */
export function Text({ file, editable = false, label }) {
  const [text, setText] = useState(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let here = true;
    read(file).then((found) => here && setText(found), () => here && setText(""));
    return () => {
      here = false;
    };
  }, [file.id]);
  if (text === null) return html`<p class="player-said"><${Spinner} label=${t("shell.loading")} /></p>`;
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return html`<div class="player-text">
    ${editable
      ? html`<textarea class="mono" spellcheck="false" aria-label=${label} value=${text} onInput=${(event) => setText(event.currentTarget.value)}></textarea>`
      : html`<pre tabindex="0" role="region" aria-label=${label}>${text}</pre>`}
    <div class="controls"><div class="controls-row">
      <${Button} small icon=${copied ? "check" : "copy"} onClick=${copy}>${t(copied ? "player.copied" : "player.copy")}<//>
      ${file.bytes > SHOWN && html`<span class="hint">${t("player.cut", { size: bytes(SHOWN) })}</span>`}
    </div></div>
  </div>`;
}

/** Put a text on the clipboard, also where the page was not reached over https. @param {string} text */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return undefined;
}

async function read(file) {
  const response = await fetch(media(file), { headers: file.bytes > SHOWN ? { range: `bytes=0-${SHOWN - 1}` } : {} });
  const text = await response.text();
  if (!/json/.test(file.content_type) && !/\.json$/.test(file.name)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
