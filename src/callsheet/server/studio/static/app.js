/** Mounts the studio: session first, then the shell with the page that the address names. */
import { html, render } from "./lib/index.js";
import { register } from "./core/words.js";
import words from "./words/shell.js";
import { Shell } from "./shell/Shell.js";

register(words);
render(html`<${Shell} />`, document.getElementById("studio"));
