/** Icons as strokes on a grid of 24: drawn in the colour of the text, as large as the text. */
import { html } from "../lib/index.js";

const PATHS = {
  alert: "M12 4 3 20h18L12 4Z M12 10v4 M12 17v.5",
  audio: "M5 10v4 M9 6v12 M13 9v6 M17 4v16 M21 10v4",
  back: "M19 12H5 M11 6l-6 6 6 6",
  brush: "M20 4 10 14 M8 13a3.5 3.5 0 0 0-3.5 3.5C4.5 19 3 20 3 20s5.5.5 7.5-1A3.5 3.5 0 0 0 8 13Z",
  cancel: "M7 7h10v10H7Z",
  check: "M5 12.5 10 17.5 19 7",
  chevron: "M6 9l6 6 6-6",
  compare: "M4 5h7v14H4Z M13 5h7v14h-7Z",
  copy: "M9 9h11v11H9Z M5 15H4V4h11v1",
  diagram: "M9 3h6v5H9Z M3 16h6v5H3Z M15 16h6v5h-6Z M12 8v4 M6 16v-4h12v4",
  dice: "M4 4h16v16H4Z M8.5 8.5v.01 M15.5 8.5v.01 M12 12v.01 M8.5 15.5v.01 M15.5 15.5v.01",
  download: "M12 4v11 M7 11l5 5 5-5 M4 20h16",
  edit: "M4 20v-4L16 4l4 4L8 20Z M13 7l4 4",
  eraser: "M9 20H6l-3-3 11-11 6 6-8 8Z M9 20h12 M8 11l6 6",
  expand: "M4 9V4h5 M20 9V4h-5 M4 15v5h5 M20 15v5h-5",
  external: "M9 5H5v14h14v-4 M13 4h7v7 M20 4l-9 9",
  file: "M6 3h8l4 4v14H6Z M14 3v4h4",
  health: "M3 12h4l3-7 4 14 3-7h4",
  image: "M4 5h16v14H4Z M4 16l5-5 4 4 3-3 4 4 M15.5 9v.01",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z M12 11v5 M12 8v.01",
  key: "M8 10a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z M11 11l9-9 M16 6l3 3",
  keyboard: "M3 6h18v12H3Z M7 10v.01 M11 10v.01 M15 10v.01 M8 14h8",
  language: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z M3 12h18 M12 3c3 3 3 15 0 18 M12 3c-3 3-3 15 0 18",
  ledger: "M5 3h14v18H5Z M9 8h6 M9 12h6 M9 16h3",
  link: "M10 14l4-4 M8 12l-3 3a3 3 0 0 0 4 4l3-3 M16 12l3-3a3 3 0 0 0-4-4l-3 3",
  list: "M8 6h12 M8 12h12 M8 18h12 M4 6v.01 M4 12v.01 M4 18v.01",
  loop: "M4 12V9a3 3 0 0 1 3-3h11 M15 3l3 3-3 3 M20 12v3a3 3 0 0 1-3 3H6 M9 21l-3-3 3-3",
  make: "M12 5v14 M5 12h14",
  mask: "M4 5h16v14H4Z M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
  menu: "M4 7h16 M4 12h16 M4 17h16",
  minus: "M5 12h14",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10Z",
  more: "M5 12v.01 M12 12v.01 M19 12v.01",
  muted: "M4 9v6h4l5 4V5L8 9Z M17 10l4 4 M21 10l-4 4",
  next: "M5 12h14 M13 6l6 6-6 6",
  out: "M10 4H5v16h5 M15 8l4 4-4 4 M19 12H9",
  pause: "M8 5v14 M16 5v14",
  play: "M7 4v16l13-8Z",
  promote: "M12 20V5 M6 11l6-6 6 6",
  retry: "M20 11A8 8 0 0 0 5.5 7L4 9 M4 4v5h5 M4 13a8 8 0 0 0 14.5 4l1.5-2 M20 20v-5h-5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z M15.5 15.5 21 21",
  sheets: "M4 4h16v16H4Z M4 9h16 M9 4v16 M9 14h11",
  stepback: "M7 5v14 M18 5 9 12l9 7Z",
  stepnext: "M17 5v14 M6 5l9 7-9 7Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.5 1.5 M17.5 17.5 19 19 M19 5l-1.5 1.5 M6.5 17.5 5 19",
  swap: "M7 4 3 8l4 4 M3 8h14 M17 12l4 4-4 4 M21 16H7",
  takes: "M4 4h7v7H4Z M13 4h7v7h-7Z M4 13h7v7H4Z M13 13h7v7h-7Z",
  text: "M5 6h14 M12 6v13 M9 19h6",
  theme: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z M12 3v18 M12 5a7 7 0 0 1 0 14 M12 8a4 4 0 0 1 0 8",
  trash: "M4 7h16 M9 7V4h6v3 M6 7l1 14h10l1-14 M10 11v6 M14 11v6",
  undo: "M9 14 4 9l5-5 M4 9h10a6 6 0 0 1 0 12h-3",
  upload: "M12 16V5 M7 9l5-5 5 5 M4 20h16",
  video: "M3 6h12v12H3Z M15 10l6-3v10l-6-3",
  volume: "M4 9v6h4l5 4V5L8 9Z M17 9a4 4 0 0 1 0 6",
  webhooks: "M12 4a4 4 0 0 1 3.5 6L18 15 M9 8.5 6.5 14 M6 14a4 4 0 1 0 4 4h8 M18 14a4 4 0 1 1-2 7.5",
  wipe: "M4 5h16v14H4Z M12 3v18 M9 10l-2 2 2 2 M15 10l2 2-2 2",
  x: "M6 6l12 12 M18 6 6 18",
};

/**
 * One icon. It says nothing to those who listen, so that what it stands beside or in has to.
 * @param {{name: keyof PATHS, label?: string}} props `label` makes it an image with that name
 */
export function Icon({ name, label, class: more = "" }) {
  const said = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return html`<svg class="icon ${more}" viewBox="0 0 24 24" ...${said}><path d=${PATHS[name] ?? PATHS.file} /></svg>`;
}
