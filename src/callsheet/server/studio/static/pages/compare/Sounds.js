/** Two sounds at one loudness: the louder one is turned down, so that it does not win by that. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { number } from "../../core/format.js";
import { useKeys } from "../../core/keys.js";
import { t } from "../../core/words.js";
import { Controls } from "../../parts/player/Controls.js";
import { Wave } from "../../parts/player/Sound.js";
import { Transport, keysOf } from "../../parts/player/transport.js";
import { wave } from "../../parts/player/waves.js";
import { Heard } from "./Pair.js";

/** @param {{files: [object, object], labels: [string, string]}} props */
export function Sounds({ files, labels }) {
  const elements = [useRef(null), useRef(null)];
  const transport = useMemo(() => new Transport(), [files[0].id, files[1].id]);
  const [heard, hear] = useState(0);
  const gains = useGains(files);
  useLayoutEffect(() => transport.attach(elements.map((one) => one.current), { duration: Math.max(files[0].duration ?? 0, files[1].duration ?? 0) }), [transport]);
  useEffect(() => {
    gains?.forEach((gain, at) => {
      elements[at].current.volume = 10 ** (gain / 20);
    });
  }, [gains]);
  const { j, l, ...kept } = keysOf(transport, t);
  useKeys({
    ...kept,
    a: [() => hear((now) => 1 - now), t("compare.key.ab")],
    arrowleft: [() => transport.seek(transport.time.value - 1), t("player.key.second.left")],
    arrowright: [() => transport.seek(transport.time.value + 1), t("player.key.second.right")],
  });
  return html`<div class="pair sounds">
    ${files.map(
      (file, at) => html`<figure key=${file.id} class=${heard === at ? "heard-now" : ""}>
        <figcaption><b>${"AB"[at]}</b> <span>${labels[at]}</span> ${gains && gains[at] < 0 && html`<span class="mono soft" data-gain=${gains[at].toFixed(2)}>${t("compare.gain", { db: number(-gains[at], { maximumFractionDigits: 1 }) })}</span>`}</figcaption>
        <audio ref=${elements[at]} src=${media(file)} preload="auto" muted=${heard !== at} aria-label=${labels[at]}></audio>
        <${Wave} file=${file} transport=${transport} />
      </figure>`,
    )}
    <${Controls} transport=${transport} scrub=${false}><${Heard} heard=${heard} onHear=${hear} /><//>
  </div>`;
}

/** What each is turned down by, in decibels, so that both are as loud; null while that is not known. */
function useGains(files) {
  const [gains, setGains] = useState(null);
  useEffect(() => {
    let here = true;
    Promise.all(files.map(wave)).then((waves) => {
      const quiet = Math.min(...waves.map((one) => one.loudness));
      if (here) setGains(waves.map((one) => Math.max(-40, quiet - one.loudness)));
    }, () => {});
    return () => {
      here = false;
    };
  }, [files[0].id, files[1].id]);
  return gains;
}
