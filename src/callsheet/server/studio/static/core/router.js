/** Which page is shown: the address bar is the only truth, changed without loading the document anew. */
import { computed, html, signal } from "../lib/index.js";

/** What stands before `/studio` and `/v1` in the address: empty, or the path that a proxy serves this server under. */
export const root = location.pathname.split("/studio")[0];

const here = signal(location.pathname + location.search);

/**
 * The page (`make`, `takes` …; empty for `/studio` itself), what follows it in the path, and the query.
 * @typedef {{page: string, params: string[], query: Record<string, string>}} Route
 */
const route = computed(() => read(here.value));

addEventListener("popstate", () => {
  here.value = location.pathname + location.search;
});

/**
 * The route shown now; a component that reads it is drawn anew when it changes.
 * @returns {Route}
 */
export function useRoute() {
  return route.value;
}

/**
 * Show another page: `go("/takes/task_1")`, `go("/takes?state=failed")`. Paths begin behind `/studio`.
 * @param {string} path
 * @param {{replace?: boolean}} [how] replace the entry in the history instead of adding one
 */
export function go(path, { replace = false } = {}) {
  const target = address(path);
  if (target === location.pathname + location.search) return;
  const fresh = new URL(target, location.href).pathname !== location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", target);
  here.value = target;
  if (fresh) scrollTo(0, 0);
}

/**
 * The address of a page.
 * @param {string} path behind `/studio`
 */
export function address(path) {
  return `${root}/studio${path === "/" ? "" : path}`;
}

/**
 * A link to a page, which opens in a new tab by the usual keys.
 * @param {{to: string, replace?: boolean, children: unknown}} props any other prop goes to the `a` element
 */
export function Link({ to, replace, children, onClick, ...more }) {
  const follow = (event) => {
    onClick?.(event);
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!plain || event.defaultPrevented || more.target) return;
    event.preventDefault();
    go(to, { replace });
  };
  return html`<a href=${address(to)} onClick=${follow} ...${more}>${children}</a>`;
}

function read(target) {
  const url = new URL(target, location.href);
  const parts = url.pathname.slice(root.length).split("/").filter(Boolean).slice(1).map(decoded);
  return { page: parts[0] ?? "", params: parts.slice(1), query: Object.fromEntries(url.searchParams) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
