/** The pages there are, in the order of the navigation; each is loaded when it is first shown. */
import { style, styled } from "../core/style.js";

/**
 * `name` is the first part of the path behind `/studio`, the file in `pages/` and the stylesheet in `styles/`.
 * @type {{name: string, icon: string, key: string}[]}
 */
export const PAGES = [
  { name: "make", icon: "make", key: "g m" },
  { name: "takes", icon: "takes", key: "g t" },
  { name: "compare", icon: "compare", key: "g c" },
  { name: "sheets", icon: "sheets", key: "g s" },
  { name: "webhooks", icon: "webhooks", key: "g w" },
  { name: "ledger", icon: "ledger", key: "g l" },
  { name: "keys", icon: "key", key: "g k" },
  { name: "health", icon: "health", key: "g h" },
];

/** What is shown at `/studio` itself. */
export const FIRST = "make";

const loaded = new Map();

/**
 * A page's component, its stylesheets in place; the same promise each time.
 * @param {string} name
 * @returns {Promise<Function>}
 */
export function page(name) {
  if (!loaded.has(name)) {
    style(name);
    const coming = import(`../pages/${name}.js`).then((module) => styled().then(() => module.default));
    coming.catch(() => loaded.delete(name));
    loaded.set(name, coming);
  }
  return loaded.get(name);
}
