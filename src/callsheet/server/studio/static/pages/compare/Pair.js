/** Two clips or two pictures as one: beside each other, or one above the other behind an edge that is moved. */
import { html, useLayoutEffect, useMemo, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { useKeys } from "../../core/keys.js";
import { persisted } from "../../core/state.js";
import { t } from "../../core/words.js";
import { Controls } from "../../parts/player/Controls.js";
import { Transport, keysOf } from "../../parts/player/transport.js";

const edge = persisted("compare.edge", 50);

/** @param {{files: [object, object], wipe: boolean, labels: [string, string]}} props */
export function Videos({ files, wipe, labels }) {
  const elements = [useRef(null), useRef(null)];
  const transport = useMemo(() => new Transport(), [files[0].id, files[1].id]);
  const [heard, hear] = useState(0);
  useLayoutEffect(() => {
    const fps = Math.max(files[0].fps || 0, files[1].fps || 0) || 25;
    const duration = Math.max(files[0].duration ?? 0, files[1].duration ?? 0);
    return transport.attach(elements.map((one) => one.current), { fps, duration, loop: duration <= 15 });
  }, [transport]);
  const other = () => hear((now) => 1 - now);
  useKeys({ ...keysOf(transport, t), a: [other, t("compare.key.ab")] });
  const clip = (at) => html`<video key=${files[at].id} ref=${elements[at]} src=${media(files[at])} muted=${heard !== at} playsinline preload="auto" aria-label=${labels[at]} onClick=${() => transport.toggle()}></video>`;
  return html`<div class="pair">
    <${Frames} wipe=${wipe} labels=${labels} ratio=${ratioOf(files[0])}>${[clip(0), clip(1)]}<//>
    <${Controls} transport=${transport}>
      ${files.some((file) => file.extra?.has_audio) && html`<${Heard} heard=${heard} onHear=${hear} />`}
    <//>
  </div>`;
}

/** @param {{files: [object, object], wipe: boolean, labels: [string, string]}} props */
export function Pictures({ files, wipe, labels }) {
  const picture = (at) => html`<img key=${files[at].id} src=${media(files[at])} alt=${labels[at]} width=${files[at].width} height=${files[at].height} />`;
  return html`<div class="pair"><${Frames} wipe=${wipe} labels=${labels} ratio=${ratioOf(files[0])}>${[picture(0), picture(1)]}<//></div>`;
}

/** Which of two is heard: one press changes it, at the same moment of both. */
export function Heard({ heard, onHear }) {
  return html`<div class="heard" role="radiogroup" aria-label=${t("compare.heard")}>
    ${[0, 1].map((at) => html`<button type="button" role="radio" aria-checked=${String(heard === at)} class="chip" onClick=${() => onHear(at)}>${"AB"[at]}</button>`)}
  </div>`;
}

function Frames({ wipe, labels, ratio, children }) {
  const cuts = wipe ? [{ clipPath: `inset(0 ${100 - edge.value}% 0 0)` }, { clipPath: `inset(0 0 0 ${edge.value}%)` }] : [{}, {}];
  return html`<div class="frames ${wipe ? "wiped" : "beside"}" style=${wipe ? { aspectRatio: ratio, maxInlineSize: `calc(68dvh * ${ratio})` } : {}} onPointerDown=${(event) => wipe && event.target.type !== "range" && drag(event)}>
    ${children.map((child, at) => html`<figure key=${at} style=${cuts[at]}>${child}<figcaption><b>${"AB"[at]}</b> <span>${labels[at]}</span></figcaption></figure>`)}
    ${wipe &&
    html`<span class="edge" style=${{ insetInlineStart: `${edge.value}%` }} aria-hidden="true"></span>
      <input type="range" class="edge-range" min="0" max="100" step="0.5" value=${edge.value} aria-label=${t("compare.edge")} onInput=${(event) => (edge.value = Number(event.currentTarget.value))} />`}
  </div>`;
}

function drag(event) {
  const box = event.currentTarget;
  const [{ clientX: begun }, { left, width }] = [event, box.getBoundingClientRect()];
  let moved = false;
  const to = ({ clientX }) => {
    moved ||= Math.abs(clientX - begun) > 4;
    if (moved) edge.value = Math.min(100, Math.max(0, (100 * (clientX - left)) / width));
  };
  const stop = new AbortController();
  addEventListener("pointermove", to, { signal: stop.signal });
  addEventListener("pointerup", () => stop.abort(), { signal: stop.signal });
}

function ratioOf({ width, height }) {
  return width && height ? `${width} / ${height}` : "16 / 9";
}
