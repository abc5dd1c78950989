/** What a take looks like, small: nothing is loaded before it comes into view, and of a clip only its beginning. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { Icon } from "../../parts/Icon.js";
import { kindOf, views } from "../../parts/player/kinds.js";

const near = new Map();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) near.get(target)?.(isIntersecting);
  },
  { rootMargin: "160px" },
);

/** @param {{task: object}} props */
export function Poster({ task }) {
  const box = useRef(null);
  const [shown, show] = useState(false);
  const [view] = views(task.artifacts);
  useEffect(() => {
    const element = box.current;
    near.set(element, show);
    watcher.observe(element);
    return () => {
      watcher.unobserve(element);
      near.delete(element);
    };
  }, []);
  return html`<span class="poster" ref=${box}>${shown && view ? html`<${Inside} key=${view.file.id} view=${view} />` : html`<${Sign} task=${task} />`}</span>`;
}

function Inside({ view: { kind, file } }) {
  const [broken, setBroken] = useState(false);
  if (broken) return html`<${Icon} name=${kind === "video" ? "video" : "image"} />`;
  if (kind === "image" || kind === "diagram") return html`<img src=${media(file)} alt="" decoding="async" onError=${() => setBroken(true)} />`;
  if (kind === "video") return html`<${Clip} file=${file} onBroken=${() => setBroken(true)} />`;
  return html`<${Icon} name=${kind === "audio" ? "audio" : "text"} />`;
}

/** The first frame; the clip itself while someone points at it. */
function Clip({ file, onBroken }) {
  const element = useRef(null);
  useEffect(() => {
    const clip = element.current;
    const card = clip.closest("[data-task]");
    const stop = new AbortController();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card?.addEventListener("pointerenter", () => !still && clip.play().catch(() => {}), { signal: stop.signal });
    card?.addEventListener("pointerleave", () => (clip.pause(), (clip.currentTime = 0.1)), { signal: stop.signal });
    return () => {
      stop.abort();
      clip.removeAttribute("src");
      clip.load();
    };
  }, []);
  return html`<video ref=${element} src="${media(file)}#t=0.1" preload="metadata" muted loop playsinline disableremoteplayback tabindex="-1" aria-hidden="true" onError=${onBroken}></video>`;
}

const SIGNS = [
  [/diagram|flowchart|mindmap|gantt|infographic|chart/, "diagram"],
  [/music|sound|speech|audio/, "audio"],
  [/video|shot|frame|continuation|motion/, "video"],
  [/caption|text$/, "text"],
  [/image|redraw|mask|upscale/, "image"],
];

function Sign({ task }) {
  const file = task.artifacts[0];
  const name = (file && kindOf(file) === "audio" && "audio") || SIGNS.find(([pattern]) => pattern.test(task.capability))?.[1];
  return html`<${Icon} name=${name ?? "file"} />`;
}
