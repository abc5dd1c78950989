/** A sound: its wave is its scrub bar. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { clock } from "../../core/format.js";
import { useKeys } from "../../core/keys.js";
import { theme } from "../../core/state.js";
import { t } from "../../core/words.js";
import { Spinner } from "../Spinner.js";
import { Controls } from "./Controls.js";
import { muted } from "./Video.js";
import { Transport, keysOf } from "./transport.js";
import { draw, wave } from "./waves.js";

/** @param {{file: object, autoplay?: boolean, keys?: boolean, label: string}} props */
export function Sound({ file, keys = true, label }) {
  const element = useRef(null);
  const transport = useMemo(() => new Transport(), [file.id]);
  useLayoutEffect(() => transport.attach([element.current], { duration: file.duration }), [file.id]);
  const { j, l, ...kept } = keysOf(transport, t);
  const hop = (seconds) => () => transport.seek(transport.time.value + seconds);
  const mute = () => (muted.value = !muted.value);
  useKeys(
    {
      ...kept,
      k: [() => transport.toggle(), t("player.key.space")],
      j: [hop(-10), t("player.key.ten.back")],
      l: [hop(10), t("player.key.ten.on")],
      arrowleft: [hop(-1), t("player.key.second.left")],
      arrowright: [hop(1), t("player.key.second.right")],
      m: [mute, t("player.mute")],
    },
    { when: keys },
  );
  return html`<div class="player-sound">
    <audio ref=${element} src=${media(file)} preload="auto" muted=${muted.value} aria-label=${label}></audio>
    <${Wave} file=${file} transport=${transport} />
    ${transport.failed.value && html`<p class="player-said" role="alert">${t("player.unplayable")}</p>`}
    <${Controls} transport=${transport} scrub=${false} sound=${{ muted: muted.value, onMute: mute }} />
  </div>`;
}

/** The drawn wave, on which one seeks by click, drag, or arrow. */
export function Wave({ file, transport }) {
  const canvas = useRef(null);
  const [shape, setShape] = useState(null);
  const [undrawn, setUndrawn] = useState(false);
  const share = transport.duration.value ? transport.time.value / transport.duration.value : 0;
  useEffect(() => {
    let here = true;
    wave(file).then((found) => here && setShape(found), () => here && setUndrawn(true));
    return () => {
      here = false;
    };
  }, [file.sha256]);
  useEffect(() => shape && draw(canvas.current, shape, share), [shape, share, theme.value]);
  useEffect(() => {
    const watcher = new ResizeObserver(() => shape && draw(canvas.current, shape, share));
    watcher.observe(canvas.current);
    return () => watcher.disconnect();
  }, [shape]);
  return html`<div
    class="wave ${undrawn ? "undrawn" : ""}"
    role="slider"
    tabindex="0"
    aria-label=${t("player.position")}
    aria-valuemin="0"
    aria-valuemax=${transport.duration.value.toFixed(2)}
    aria-valuenow=${transport.time.value.toFixed(2)}
    aria-valuetext=${`${clock(transport.time.value)} / ${clock(transport.duration.value)}`}
    style=${{ "--share": `${100 * share}%` }}
    onPointerDown=${(event) => drag(event, transport)}
  >
    <canvas ref=${canvas} aria-hidden="true"></canvas>
    ${!shape && !undrawn && html`<span class="wave-wait"><${Spinner} label=${t("player.drawing")} /></span>`}
  </div>`;
}

function drag(event, transport) {
  const bar = event.currentTarget;
  const to = ({ clientX }) => {
    const { left, width } = bar.getBoundingClientRect();
    transport.seek((Math.min(1, Math.max(0, (clientX - left) / width)) || 0) * transport.duration.value);
  };
  bar.setPointerCapture(event.pointerId);
  bar.addEventListener("pointermove", to);
  bar.addEventListener("pointerup", () => bar.removeEventListener("pointermove", to), { once: true });
  to(event);
}
