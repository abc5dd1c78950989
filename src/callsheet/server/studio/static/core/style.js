/** Stylesheets that come with the first module that needs them; a page is shown when all of them are there. */

const coming = new Map();

/**
 * Have a stylesheet loaded, once.
 * @param {string} name a file in `styles/`, without its ending
 */
export function style(name) {
  if (!coming.has(name)) coming.set(name, loaded(new URL(`../styles/${name}.css`, import.meta.url).href));
}

/** Settles when all that were asked for so far are there, or cannot be had. @returns {Promise<unknown>} */
export function styled() {
  return Promise.all(coming.values());
}

function loaded(href) {
  return new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}
