/** What a task made, played in place: clips, sounds, pictures, diagrams and texts, one large and the others as a strip. */
import { html, useState } from "../lib/index.js";
import { media } from "../core/api.js";
import { style } from "../core/style.js";
import { register, t } from "../core/words.js";
import words from "../words/player.js";
import { Icon } from "./Icon.js";
import { Diagram } from "./player/Diagram.js";
import { Facts } from "./player/Facts.js";
import { Picture } from "./player/Picture.js";
import { Sound } from "./player/Sound.js";
import { Text } from "./player/Text.js";
import { Video } from "./player/Video.js";
import { viewOf, views } from "./player/kinds.js";

register(words);
style("player");

const KINDS = { video: Video, audio: Sound, image: Picture, diagram: Diagram, text: Text, source: Text };

/**
 * @param {object} props
 * @param {object} [props.task] whose files they are: all of them where nothing else is said
 * @param {object} [props.file] this one alone
 * @param {object[]} [props.files] these
 * @param {boolean} [props.autoplay] begin at once, where motion is welcome
 * @param {boolean} [props.keys] whether the keyboard plays it; one on a page at most
 * @param {number} [props.at] which one is shown, where the page keeps that
 * @param {(at: number) => void} [props.onAt]
 */
export function Player({ task, file, files = task?.artifacts ?? [], autoplay = false, keys = !file, at, onAt }) {
  const [own, setOwn] = useState(0);
  const all = file ? [viewOf(file, files)] : views(files);
  const place = Math.min(at ?? own, all.length - 1);
  const view = all[place];
  if (!view) return html`<p class="player-said">${t("player.nothing")}</p>`;
  const Kind = KINDS[view.kind];
  const label = labelOf(view, task);
  return html`<div class="player player-of-${view.kind}">
    ${Kind
      ? html`<${Kind} key=${view.file.id} file=${view.file} source=${view.source} autoplay=${autoplay} keys=${keys} label=${label} />`
      : html`<p class="player-said">${t("player.unshown", { type: view.file.content_type })}</p>`}
    ${all.length > 1 && html`<${Strip} all=${all} at=${place} onAt=${onAt ?? setOwn} />`}
    <${Facts} view=${view} task=${task} />
  </div>`;
}

function Strip({ all, at, onAt }) {
  return html`<div class="strip" role="group" aria-label=${t("player.outputs")}>
    ${all.map(
      (view, index) => html`<button type="button" key=${view.file.id} aria-pressed=${String(index === at)} aria-label=${t("player.output", { number: index + 1, name: view.file.name })} onClick=${() => onAt(index)}>
        <${Small} view=${view} /><span aria-hidden="true">${index + 1}</span>
      </button>`,
    )}
  </div>`;
}

function Small({ view: { kind, file } }) {
  if (kind === "image" || kind === "diagram") return html`<img src=${media(file)} alt="" loading="lazy" />`;
  if (kind === "video") return html`<video src="${media(file)}#t=0.1" muted playsinline preload="metadata" tabindex="-1" aria-hidden="true"></video>`;
  return html`<${Icon} name=${kind === "audio" ? "audio" : "text"} />`;
}

function labelOf({ file }, task) {
  const said = task?.input?.prompt ?? task?.input?.text;
  return said ? `${file.name}: ${String(said).slice(0, 160)}` : file.name;
}
