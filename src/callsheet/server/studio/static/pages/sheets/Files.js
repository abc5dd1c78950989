/** The files that a sheet names by their path: each is uploaded once, and then known by its id. */
import { html, useRef } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Button, Icon } from "../../parts/index.js";
import { files, paths } from "./state.js";
import { take } from "./taking.js";

/** A line for each path; nothing where there is none. */
export function Files() {
  if (!paths.value.length) return null;
  return html`<section class="sheets-files" aria-label=${t("sheets.files")}>
    <h2>${t("sheets.files")}</h2>
    <ul>${paths.value.map((path) => html`<${Named} key=${path} path=${path} />`)}</ul>
  </section>`;
}

function Named({ path }) {
  const chosen = useRef(null);
  const known = files.value[path];
  return html`<li>
    <${Icon} name=${known ? "check" : "alert"} class=${known ? "good" : "warn"} />
    <span class="mono">${path}</span>
    <span class="soft">${known ? known.name : t("sheets.files.missing")}</span>
    <input ref=${chosen} type="file" hidden onChange=${(event) => take([...event.currentTarget.files], path)} />
    <${Button} small icon="upload" onClick=${() => chosen.current.click()}>${known ? t("sheets.files.other") : t("sheets.files.upload")}<//>
  </li>`;
}
