/** No sheet yet: the examples that come along, a file of one's own, or an empty one. */
import { html, useRef } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { useAsked } from "../../core/asking.js";
import { has, lang, t } from "../../core/words.js";
import { Button, ErrorBox, Spinner } from "../../parts/index.js";
import { open, take } from "./taking.js";

const FIRST = `[sheet]
title = "A first film"

[defaults]
seed = 7
resolution = "360p"

[shots.still]
model = "text-to-image"
prompt = "a red boat on a lake, morning mist"

[shots.opening]
model = "image-to-video"
image = "@still"
camera_move = "push-in"
duration = 2
`;

/** Where to begin. */
export function Start() {
  const { data, error, again } = useAsked((signal) => get("/v1/sheets/examples", { signal }));
  const chosen = useRef(null);
  return html`<section class="sheets-start">
    <p>${t("sheets.about")}</p>
    ${error && html`<${ErrorBox} error=${error} onRetry=${again} />`}
    <ul class="sheets-examples">
      ${data ? data.data.map((one) => html`<${Example} key=${one.name} one=${one} />`) : html`<li><${Spinner} label=${t("shell.loading")} /></li>`}
    </ul>
    <div class="sheets-ways">
      <input ref=${chosen} type="file" accept=".toml" hidden onChange=${(event) => take([...event.currentTarget.files])} />
      <${Button} icon="upload" onClick=${() => chosen.current.click()}>${t("sheets.open")}<//>
      <${Button} icon="edit" onClick=${() => open("film.toml", FIRST)}>${t("sheets.write")}<//>
      <span class="hint">${t("sheets.drop")}</span>
    </div>
  </section>`;
}

/** What an example is, in the language shown; one without words as the server says it. */
function said(one, what) {
  const key = `sheets.example.${one.name.replace(".toml", "")}.${what}`;
  return has(key) && lang.value !== "en" ? t(key) : one[what];
}

function Example({ one }) {
  return html`<li>
    <button type="button" onClick=${() => open(one.name, one.sheet)}>
      <b>${said(one, "title")}</b><span class="mono soft">${one.name}</span><span>${said(one, "about")}</span>
    </button>
  </li>`;
}
