/** A picture: as large as fits, at its own size, or any size between, moved by hand. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { number } from "../../core/format.js";
import { useKeys } from "../../core/keys.js";
import { t } from "../../core/words.js";
import { Button } from "../Button.js";

const [LEAST, MOST, STEP] = [0.05, 16, 1.25];

/** @param {{file: object, keys?: boolean, label: string, children?: unknown}} props `children` are more buttons */
export function Picture({ file, keys = true, label, children }) {
  const box = useRef(null);
  const image = useRef(null);
  const [zoom, setZoom] = useState(null);
  const [failed, setFailed] = useState(false);
  const fitted = () => fitOf(box.current, image.current);
  const to = (scale, at) => setZoom(zoomed(box.current, zoom ?? fitted(), scale, at));
  const more = () => to(STEP);
  const less = () => to(1 / STEP);
  const own = () => setZoom({ scale: 1 / (devicePixelRatio || 1), x: 0, y: 0 });
  useEffect(() => setZoom(null), [file.id]);
  useEffect(() => wheeled(box.current, (factor, at) => to(factor, at)));
  useKeys({ "+": [more, t("player.larger")], "-": [less, t("player.smaller")], 0: [() => setZoom(null), t("player.fit")], 1: [own, t("player.own")] }, { when: keys });
  const move = zoom && { transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` };
  return html`<div class="player-picture">
    <div class="picture-box ${zoom ? "free" : "fit"}" ref=${box} style=${file.width && file.height ? { aspectRatio: `${file.width} / ${file.height}` } : {}} onPointerDown=${(event) => zoom && drag(event, zoom, setZoom)} onDblClick=${() => (zoom ? setZoom(null) : own())}>
      <img ref=${image} src=${media(file)} alt=${label} width=${file.width} height=${file.height} draggable="false" style=${move ?? {}} onError=${() => setFailed(true)} />
    </div>
    ${failed && html`<p class="player-said" role="alert">${t("player.unplayable")}</p>`}
    <div class="controls"><div class="controls-row">
      <${Button} kind="quiet" icon="minus" label=${t("player.smaller")} onClick=${less} />
      <${Button} kind="quiet" icon="make" label=${t("player.larger")} onClick=${more} />
      <${Button} kind="quiet" small aria-pressed=${String(!zoom)} onClick=${() => setZoom(null)}>${t("player.fit")}<//>
      <${Button} kind="quiet" small onClick=${own}>1:1<//>
      <span class="mono soft">${zoom ? number(zoom.scale * (devicePixelRatio || 1), { style: "percent" }) : ""}</span>
      <span class="controls-space"></span>
      ${children}
    </div></div>
  </div>`;
}

function fitOf(box, image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  return { scale: Math.min(box.clientWidth / (width || 1), box.clientHeight / (height || 1), 1) || 1, x: 0, y: 0 };
}

/** Another size around a point of the box, its middle where none is given. */
function zoomed(box, { scale, x, y }, factor, at = [0, 0]) {
  const next = Math.min(MOST, Math.max(LEAST, scale * factor));
  const ratio = next / scale;
  return { scale: next, x: at[0] - (at[0] - x) * ratio, y: at[1] - (at[1] - y) * ratio };
}

function wheeled(box, does) {
  const hear = (event) => {
    if (!event.ctrlKey && !event.metaKey && box.classList.contains("fit")) return;
    event.preventDefault();
    const { left, top, width, height } = box.getBoundingClientRect();
    does(Math.exp(-event.deltaY / 400), [event.clientX - left - width / 2, event.clientY - top - height / 2]);
  };
  box.addEventListener("wheel", hear, { passive: false });
  return () => box.removeEventListener("wheel", hear);
}

function drag(event, zoom, setZoom) {
  const box = event.currentTarget;
  const [fromX, fromY] = [event.clientX - zoom.x, event.clientY - zoom.y];
  const move = ({ clientX, clientY }) => setZoom({ ...zoom, x: clientX - fromX, y: clientY - fromY });
  box.setPointerCapture(event.pointerId);
  box.addEventListener("pointermove", move);
  box.addEventListener("pointerup", () => box.removeEventListener("pointermove", move), { once: true });
}
