/** A clip with controls of its own, to the frame. */
import { html, useLayoutEffect, useMemo, useRef } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { useKeys } from "../../core/keys.js";
import { persisted } from "../../core/state.js";
import { t } from "../../core/words.js";
import { Controls } from "./Controls.js";
import { Transport, keysOf } from "./transport.js";

/** Whether clips are silent: as it was last chosen. */
export const muted = persisted("player.muted", false);

/** @param {{file: object, autoplay?: boolean, keys?: boolean, label: string}} props `keys` gives it the keyboard */
export function Video({ file, autoplay = false, keys = true, label }) {
  const element = useRef(null);
  const box = useRef(null);
  const transport = useMemo(() => new Transport(), [file.id]);
  useLayoutEffect(() => {
    const short = (file.duration ?? 0) <= 15;
    const letGo = transport.attach([element.current], { fps: file.fps || 25, loop: short, duration: file.duration });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (autoplay && !still) transport.play();
    return letGo;
  }, [file.id]);
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : box.current.requestFullscreen?.());
  const mute = () => (muted.value = !muted.value);
  useKeys({ ...keysOf(transport, t), m: [mute, t("player.mute")], f: [full, t("player.full")] }, { when: keys });
  const silent = file.extra?.has_audio === false;
  return html`<div class="player-video" ref=${box}>
    <video
      ref=${element}
      src=${media(file)}
      aria-label=${label}
      width=${file.width}
      height=${file.height}
      muted=${muted.value || silent}
      playsinline
      preload="auto"
      disablepictureinpicture
      onClick=${() => transport.toggle()}
    ></video>
    ${transport.failed.value && html`<p class="player-said" role="alert">${t("player.unplayable")}</p>`}
    <${Controls} transport=${transport} onFull=${full} sound=${silent ? null : { muted: muted.value, onMute: mute }} />
  </div>`;
}
