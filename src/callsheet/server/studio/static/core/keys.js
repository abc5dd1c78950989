/** The keyboard: each component names its keys and what they do; `?` shows all that count now. */
import { signal, useLayoutEffect, useRef } from "../lib/index.js";

const layers = signal([]);
/** Milliseconds between two keys that belong together. */
const TOGETHER = 1200;

let pending = { name: "", at: -TOGETHER };

/**
 * Give keys a meaning while the component is shown: `useKeys({j: [next, t("takes.next")], "ctrl+enter": [...]})`.
 * A key is named by `event.key` in lower case (`/`, `?`, `arrowdown`), with `ctrl+` (also the Mac's command key),
 * `alt+`, `shift+` (for keys that are no letter) before it; two keys after each other as `g t`. While something is
 * typed into a field only combinations with ctrl, and `escape`, count. Of two that name the same key, the one shown
 * last wins. A function may return `false` for "not mine", and the next one is asked.
 * @param {Record<string, [(event: KeyboardEvent) => unknown, string]>} map
 * @param {{when?: boolean, modal?: boolean}} [how] `when: false` switches the map off; `modal` hides the keys of all
 *   that was shown before
 */
export function useKeys(map, { when = true, modal = false } = {}) {
  const latest = useRef(map);
  latest.current = map;
  // With the drawing: what is seen can be pressed, also where the page is slow to do what comes after.
  useLayoutEffect(() => {
    if (!when) return undefined;
    const layer = { map: () => latest.current, modal };
    layers.value = [...layers.peek(), layer];
    return () => {
      layers.value = layers.peek().filter((one) => one !== layer);
    };
  }, [when, modal]);
}

/**
 * Everything that keys do now: `[key, what it does]`, nearest first.
 * @returns {[string, string][]}
 */
export function known() {
  const found = new Map();
  for (const layer of reachable(layers.value)) {
    for (const [key, [, said]] of Object.entries(layer.map())) if (said && !found.has(key)) found.set(key, said);
  }
  return [...found];
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = named(event);
  if (!name || (typing(event.target) && !/^(ctrl|alt)\+|^escape$/.test(name))) return;
  // By when they were pressed, not by when the page got to them.
  const sequence = event.timeStamp - pending.at < TOGETHER ? `${pending.name} ${name}` : name;
  pending = { name: "", at: -TOGETHER };
  if (run(sequence, event) || run(name, event)) return;
  if (begins(name)) pending = { name, at: event.timeStamp };
});

function run(name, event) {
  for (const layer of reachable(layers.peek())) {
    const entry = layer.map()[name];
    if (entry && entry[0](event) !== false) {
      event.preventDefault();
      return true;
    }
  }
  return false;
}

function begins(name) {
  return reachable(layers.peek()).some((layer) => Object.keys(layer.map()).some((key) => key.startsWith(`${name} `)));
}

/** Nearest first, down to the dialog that hides what is below it. */
function reachable(all) {
  const nearest = [...all].reverse();
  const modal = nearest.findIndex((one) => one.modal);
  return modal < 0 ? nearest : nearest.slice(0, modal + 1);
}

function named(event) {
  const key = event.key.toLowerCase();
  if (["control", "shift", "alt", "meta", "dead", "process"].includes(key)) return "";
  const shifted = event.shiftKey && (key.length > 1 || key === " ");
  const before = [(event.ctrlKey || event.metaKey) && "ctrl", event.altKey && "alt", shifted && "shift"].filter(Boolean);
  return [...before, key === " " ? "space" : key].join("+");
}

function typing(target) {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox],[type=radio],[type=range]), textarea, select, [contenteditable]") !== null;
}
