/** Stylesheets that come with the first module that needs them, whatever page that is on. */

/** @param {string} name a file in `styles/`, without its ending */
export function style(name) {
  const { href } = new URL(`../../styles/${name}.css`, import.meta.url);
  if ([...document.styleSheets].some((one) => one.href === href) || document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}
