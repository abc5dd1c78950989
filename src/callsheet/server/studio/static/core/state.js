/** What a page remembers over a reload: signals kept in the browser's own storage. */
import { effect, signal } from "../lib/index.js";

const kept = new Map();

/**
 * A signal that is kept in localStorage under `callsheet.<name>` and follows changes made in other tabs.
 * The same name gives the same signal. Where the browser keeps nothing it is an ordinary signal.
 * @template T
 * @param {string} name
 * @param {T} initial used where nothing readable is kept
 * @returns {import("../lib/index.js").Signal<T>}
 */
export function persisted(name, initial) {
  const key = `callsheet.${name}`;
  const known = kept.get(key);
  if (known) return known;
  const made = signal(read(key, initial));
  kept.set(key, made);
  let first = true;
  effect(() => {
    const text = JSON.stringify(made.value);
    if (!first) write(key, text);
    first = false;
  });
  return made;
}

/**
 * Forget what is kept under a name; the signal goes back to what it is given.
 * @param {string} name
 * @param {unknown} initial
 */
export function forget(name, initial) {
  const key = `callsheet.${name}`;
  if (kept.has(key)) kept.get(key).value = initial;
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

/** `auto`, `light` or `dark`; shown by `data-theme` of the document. */
export const theme = persisted("theme", "auto");

effect(() => {
  document.documentElement.dataset.theme = ["light", "dark"].includes(theme.value) ? theme.value : "auto";
});

addEventListener("storage", (event) => {
  const made = kept.get(event.key);
  if (made && event.newValue !== null && event.newValue !== JSON.stringify(made.value)) {
    made.value = parsed(event.newValue, made.value);
  }
});

function read(key, initial) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? initial : parsed(text, initial);
  } catch {
    return initial;
  }
}

function write(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // storage is full or forbidden: the page goes on without remembering
  }
}

function parsed(text, fallback) {
  try {
    return JSON.parse(text);
  } catch {
    return fallback;
  }
}
