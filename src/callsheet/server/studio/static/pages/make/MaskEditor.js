/** Draws a mask on a picture with a brush and an eraser, by mouse, pen or finger. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { useKeys } from "../../core/keys.js";
import { t } from "../../core/words.js";
import { Button, Dialog, ErrorBox, Spinner } from "../../parts/index.js";
import { exported, paint } from "./mask.js";
import { described, stored } from "./media.js";

/**
 * @param {{picture: string, strokes?: import("./mask.js").Stroke[], onDone: (value: object) => void, onClose: () => void}} props
 *   `picture` is the id of a stored file
 */
export function MaskEditor({ picture, strokes: before = [], onDone, onClose }) {
  const [image, setImage] = useState(null);
  const [strokes, setStrokes] = useState(before);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    loaded(picture).then(setImage, setError);
  }, [picture]);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const png = await exported(strokes, image.naturalWidth, image.naturalHeight);
      onDone({ ...(await stored(png, undefined, "mask.png")), strokes, picture });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const actions = html`<${Button} onClick=${onClose}>${t("mask.cancel")}<//>
    <${Button} kind="main" busy=${busy} disabled=${!strokes.length || !image} onClick=${save}>${t("mask.use")}<//>`;
  return html`<${Dialog} title=${t("mask.draw")} wide onClose=${onClose} actions=${actions}>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${image ? html`<${Board} image=${image} strokes=${strokes} onStrokes=${setStrokes} />` : !error && html`<${Spinner} label=${t("shell.loading")} />`}
  <//>`;
}

function Board({ image, strokes, onStrokes }) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const [size, setSize] = useState(Math.round(Math.max(width, height) / 16));
  const [erase, setErase] = useState(false);
  const [drawn, setDrawn] = useState(null);
  const canvas = useRef(null);
  const scale = Math.min(1, 1600 / Math.max(width, height));
  useLayoutEffect(() => {
    const context = canvas.current.getContext("2d");
    context.clearRect(0, 0, canvas.current.width, canvas.current.height);
    paint(context, drawn ? [...strokes, drawn] : strokes, scale, "#ff3b30");
  }, [strokes, drawn, scale]);
  const undo = () => onStrokes(strokes.slice(0, -1));
  const resize = (by) => setSize(Math.max(2, Math.round(size * by)));
  useKeys({
    "ctrl+z": [undo, t("mask.undo")],
    b: [() => setErase(false), t("mask.brush")],
    e: [() => setErase(true), t("mask.eraser")],
    "[": [() => resize(0.8), t("mask.smaller")],
    "]": [() => resize(1.25), t("mask.larger")],
  });
  const at = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };
  const begin = (event) => {
    if (event.button) return;
    canvas.current.setPointerCapture(event.pointerId);
    setDrawn({ points: [at(event)], width: size, erase });
  };
  const go = (event) => drawn && setDrawn((one) => one && { ...one, points: [...one.points, at(event)] });
  const end = () => {
    if (drawn) onStrokes([...strokes, drawn]);
    setDrawn(null);
  };
  return html`<div class="mask-tools" role="toolbar" aria-label=${t("mask.draw")}>
      <${Button} small icon="brush" aria-pressed=${String(!erase)} onClick=${() => setErase(false)}>${t("mask.brush")}<//>
      <${Button} small icon="eraser" aria-pressed=${String(erase)} onClick=${() => setErase(true)}>${t("mask.eraser")}<//>
      <label>${t("mask.size")} <input type="range" min="2" max=${Math.round(Math.max(width, height) / 3)} value=${size} onInput=${(event) => setSize(Number(event.currentTarget.value))} /></label>
      <${Button} small icon="undo" disabled=${!strokes.length} onClick=${undo}>${t("mask.undo")}<//>
      <${Button} small icon="trash" disabled=${!strokes.length} onClick=${() => onStrokes([])}>${t("mask.clear")}<//>
    </div>
    <div class="mask-board">
      <img src=${image.src} alt="" draggable=${false} />
      <canvas
        ref=${canvas}
        width=${Math.round(width * scale)}
        height=${Math.round(height * scale)}
        aria-label=${t("mask.canvas")}
        role="img"
        onPointerDown=${begin}
        onPointerMove=${go}
        onPointerUp=${end}
        onPointerCancel=${() => setDrawn(null)}
      ></canvas>
    </div>`;
}

async function loaded(id) {
  const image = new Image();
  image.src = media(await described(id));
  await image.decode();
  return image;
}
