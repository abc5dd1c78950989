/** The shots of a sheet from left to right, each behind what it takes from, with a line to it. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Spinner } from "../../parts/index.js";
import { Shot } from "./Shot.js";
import { asking, fault, shots } from "./state.js";

/** All shots in columns, each behind what it takes from. */
export function Strip() {
  const box = useRef(null);
  const [lines, setLines] = useState({ paths: [], width: 0, height: 0 });
  const all = shots.value;
  const draw = () => box.current && setLines((before) => changed(before, drawn(box.current, all)));
  useLayoutEffect(draw, [all]);
  useEffect(() => {
    const seen = new ResizeObserver(draw);
    seen.observe(box.current);
    return () => seen.disconnect();
  }, [all]);
  return html`<section class="shots ${fault.value ? "former" : ""}" aria-label=${t("sheets.shots")} aria-busy=${asking.value ? "true" : undefined}>
    <div class="shots-inside" ref=${box}>
      <svg class="shots-lines" aria-hidden="true" width=${lines.width} height=${lines.height}>
        ${lines.paths.map((one) => html`<path key=${one.key} class=${one.state} d=${one.d} />`)}
      </svg>
      ${columns(all).map(
        (column, at) => html`<ol key=${at} class="shots-column">${column.map((shot) => html`<${Shot} key=${shot.name} shot=${shot} />`)}</ol>`,
      )}
      ${!all.length && asking.value && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
    </div>
  </section>`;
}

/** Each shot as far to the right as what takes from it allows: lines stay short. */
function columns(all) {
  const depth = {};
  for (const shot of all) depth[shot.name] = Math.max(-1, ...shot.after.map((one) => depth[one] ?? -1)) + 1;
  for (const shot of [...all].reverse()) {
    const users = all.filter((one) => one.after.includes(shot.name)).map((one) => depth[one.name]);
    if (users.length) depth[shot.name] = Math.min(...users) - 1;
  }
  const found = [];
  for (const shot of all) (found[depth[shot.name]] ??= []).push(shot);
  return found;
}

function drawn(box, all) {
  const origin = box.getBoundingClientRect();
  const at = (name) => box.querySelector(`[data-shot="${CSS.escape(name)}"]`)?.getBoundingClientRect();
  const paths = all.flatMap((shot) => shot.after.map((one) => line(one, shot, at(one), at(shot.name), origin))).filter(Boolean);
  return { paths, width: box.scrollWidth, height: box.scrollHeight };
}

function line(from, shot, left, right, origin) {
  if (!left || !right || right.left < left.right) return null; // below each other: the words alone say it
  const [x1, y1] = [left.right - origin.left, left.top - origin.top + 22];
  const [x2, y2] = [right.left - origin.left, right.top - origin.top + 22];
  const bend = Math.max(14, (x2 - x1) / 2);
  const d = `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 1} ${y2}`;
  return { key: `${from} ${shot.name}`, state: shot.found ? "found" : "", d };
}

function changed(before, after) {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
