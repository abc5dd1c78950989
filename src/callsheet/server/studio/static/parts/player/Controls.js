/** What stands below a clip or a sound: play, step, scrub, time and frame, speed, loop, sound, full screen. */
import { html } from "../../lib/index.js";
import { clock } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button } from "../Button.js";
import { Select } from "../Select.js";
import { SPEEDS } from "./transport.js";

/**
 * @param {object} props
 * @param {import("./transport.js").Transport} props.transport
 * @param {boolean} [props.scrub] a bar to scrub on; a sound has its wave instead
 * @param {{muted: boolean, onMute: () => void} | null} [props.sound]
 * @param {() => void} [props.onFull]
 * @param {unknown} [props.children] more buttons
 */
export function Controls({ transport, scrub = true, sound = null, onFull, children }) {
  const playing = transport.playing.value;
  const word = t(playing ? "player.pause" : "player.play");
  const frames = transport.fps.value > 0;
  return html`<div class="controls" role="group" aria-label=${t("player.controls")}>
    ${scrub && html`<${Scrub} transport=${transport} />`}
    <div class="controls-row">
      <${Button} kind="quiet" icon=${playing ? "pause" : "play"} label=${word} onClick=${() => transport.toggle()} />
      ${frames && html`<${Button} kind="quiet" icon="stepback" label=${t("player.key.left")} onClick=${() => transport.step(-1)} />`}
      ${frames && html`<${Button} kind="quiet" icon="stepnext" label=${t("player.key.right")} onClick=${() => transport.step(1)} />`}
      <${Place} transport=${transport} />
      <span class="controls-space"></span>
      ${children}
      <${Select} class="speed" aria-label=${t("player.speed")} value=${String(Math.abs(transport.rate.value))} options=${speeds(transport.rate.value)} onChange=${(value) => transport.setRate(Number(value))} />
      <${Button} kind="quiet" icon="loop" label=${t("player.loop")} aria-pressed=${String(transport.loop.value)} onClick=${() => (transport.loop.value = !transport.loop.value)} />
      ${sound && html`<${Button} kind="quiet" icon=${sound.muted ? "muted" : "volume"} label=${t("player.mute")} aria-pressed=${String(sound.muted)} onClick=${sound.onMute} />`}
      ${onFull && html`<${Button} kind="quiet" icon="expand" label=${t("player.full")} onClick=${onFull} />`}
    </div>
  </div>`;
}

/** Where it is: time, length, and the frame's number. */
export function Place({ transport }) {
  const { time, duration, fps, frame, frames } = transport;
  const place = html`<span class="mono place"><b>${stamp(time.value)}</b> / ${stamp(duration.value)}</span>`;
  if (!fps.value) return place;
  return html`${place}<span class="mono soft frame" title=${t("player.frame")}><span class="unseen">${t("player.frame")} </span><b data-frame=${frame.value}>${frame.value}</b> / ${Math.max(0, frames.value - 1)}</span>`;
}

function Scrub({ transport }) {
  const { time, duration, fps, frames, frame } = transport;
  const most = fps.value ? Math.max(1, frames.value - 1) : duration.value || 1;
  const at = fps.value ? frame.value : time.value;
  const to = (value) => {
    if (transport.playing.value) transport.pause();
    transport.seek(fps.value ? (value + 0.02) / fps.value : value);
  };
  return html`<input
    type="range"
    class="scrub"
    min="0"
    max=${most}
    step=${fps.value ? 1 : "any"}
    value=${at}
    aria-label=${t("player.position")}
    aria-valuetext=${`${stamp(time.value)} / ${stamp(duration.value)}`}
    style=${{ "--share": `${(100 * at) / most}%` }}
    onInput=${(event) => to(Number(event.currentTarget.value))}
  />`;
}

function stamp(seconds) {
  return `${clock(seconds)}.${String(Math.floor((seconds % 1) * 100 + 1e-6)).padStart(2, "0")}`;
}

function speeds(now) {
  const known = SPEEDS.includes(Math.abs(now)) ? SPEEDS : [...SPEEDS, Math.abs(now)].sort((a, b) => a - b);
  return known.map((one) => ({ value: String(one), label: `${one}×` }));
}
