/** A list of any length in rows of one height: only what is in view is drawn. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/index.js";

/**
 * Scrolls with the page. Rows keep their place, and each is a listitem that knows how many there are.
 * @param {object} props
 * @param {number} props.count how many rows
 * @param {number} props.height of a row, in CSS pixels
 * @param {(index: number) => unknown} props.row draws one
 * @param {(index: number) => string} [props.name] a key for it
 * @param {string} props.label
 * @param {() => void} [props.onEnd] called when the end comes near
 * @param {number} [props.at] a row that is to be in view
 */
export function VirtualList({ count, height, row, name = String, label, onEnd, at, class: more = "" }) {
  const box = useRef(null);
  const [[first, last], setRange] = useState([0, 30]);
  const look = () => {
    const { top } = box.current.getBoundingClientRect();
    const from = Math.max(0, Math.floor(-top / height) - 6);
    const to = Math.ceil((innerHeight - top) / height) + 6;
    setRange((before) => (before[0] === from && before[1] === to ? before : [from, to]));
  };
  useLayoutEffect(look, [count, height]);
  useEffect(() => {
    addEventListener("scroll", look, { passive: true, capture: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, [height]);
  useEffect(() => {
    if (last >= count) onEnd?.();
  }, [last, count]);
  useEffect(() => {
    if (at !== undefined) reveal(box.current, at * height, height);
  }, [at, height]);
  const shown = Array.from({ length: Math.max(0, Math.min(last, count) - first) }, (_, index) => first + index);
  return html`<div ref=${box} class="virtual ${more}" role="list" aria-label=${label} style=${{ blockSize: `${count * height}px` }}>
    ${shown.map(
      (index) => html`<div
        key=${name(index)}
        role="listitem"
        aria-setsize=${count}
        aria-posinset=${index + 1}
        style=${{ insetBlockStart: `${index * height}px`, blockSize: `${height}px` }}
      >${row(index)}</div>`,
    )}
  </div>`;
}

function reveal(box, offset, height) {
  const top = box.getBoundingClientRect().top + offset;
  const bar = 64;
  if (top < bar) scrollBy(0, top - bar);
  else if (top + height > innerHeight) scrollBy(0, top + height - innerHeight + 8);
}
