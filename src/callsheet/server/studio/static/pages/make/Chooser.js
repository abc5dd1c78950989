/** Picks what to make: capabilities and models, searched as one types, walked by the arrow keys. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { named, titleOfModel } from "../../core/naming.js";
import { lang, t } from "../../core/words.js";
import { Button, Dialog, Empty, ErrorBox, Icon, Spinner } from "../../parts/index.js";
import { KINDS, catalogue, priceHint, search } from "./catalogue.js";

/** @param {{chosen: string, onPick: (id: string) => void, onClose: () => void}} props */
export function Chooser({ chosen, onPick, onClose }) {
  const [all, setAll] = useState(null);
  const [error, setError] = useState(null);
  const [words, setWords] = useState("");
  const [kind, setKind] = useState("");
  const [at, setAt] = useState(-1);
  const list = useRef(null);
  useEffect(() => {
    catalogue().then(setAll, setError);
  }, []);
  const found = all ? search(all, words, kind) : [];
  const flat = found.flatMap((one) => one.models);
  const walk = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && flat.length) {
      event.preventDefault();
      const next = (Math.max(at, by > 0 ? -1 : 0) + by + flat.length) % flat.length;
      setAt(next);
      list.current?.querySelectorAll("[role=option]")[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && flat.length) {
      event.preventDefault();
      onPick(flat[Math.max(at, 0)].id);
    }
  };
  return html`<${Dialog} title=${t("make.choose")} wide onClose=${onClose}>
    <div class="chooser">
      <div class="chooser-head">
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls="chooser-list"
          aria-activedescendant=${at >= 0 ? `model-${at}` : undefined}
          aria-label=${t("make.search")}
          placeholder=${t("make.search.hint")}
          value=${words}
          autofocus
          onInput=${(event) => (setWords(event.currentTarget.value), setAt(-1))}
          onKeyDown=${walk}
        />
        <div class="segments kinds" role="group" aria-label=${t("make.kinds")}>
          ${["", ...KINDS].map((one) => html`<button type="button" key=${one} class="segment" aria-pressed=${String(one === kind)} onClick=${() => (setKind(one), setAt(-1))}>${one && html`<${Icon} name=${one} />`}${t(one ? `kind.${one}` : "kind.all")}</button>`)}
        </div>
      </div>
      ${error && html`<${ErrorBox} error=${error} />`}
      ${!all && !error && html`<p class="waiting"><${Spinner} label=${t("shell.loading")} /></p>`}
      ${all && !flat.length && html`<${Empty} icon="search" title=${t("make.none")} />`}
      <div class="chooser-list" id="chooser-list" role="listbox" aria-label=${t("make.models")} ref=${list}>
        ${found.map(
          (one) => html`<section key=${one.id} role="group" aria-label=${named(one.id)}>
            <h3 role="presentation" aria-hidden="true"><${Icon} name=${one.output} /> ${named(one.id)} ${lang.value === "en" && html`<small>${one.meaning}</small>`}</h3>
            ${one.models.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} place=${flat.indexOf(entry)} at=${at} chosen=${chosen} onPick=${onPick} />`)}
          </section>`,
        )}
      </div>
    </div>
  <//>`;
}

function Entry({ entry, place, at, chosen, onPick }) {
  return html`<div
    id="model-${place}"
    role="option"
    tabindex="-1"
    class="entry ${place === at ? "at" : ""}"
    aria-selected=${String(entry.id === chosen)}
    onClick=${() => onPick(entry.id)}
  >
    <span class="entry-title">${titleOfModel(entry)}</span>
    <span class="mono entry-id">${entry.id}</span>
    <${Where} entry=${entry} />
    <span class="entry-price">${priceHint(entry)}</span>
  </div>`;
}

/** Where a model of the catalogue runs now. @param {{entry: {vendor_name: string, runs: string}}} props */
function Where({ entry }) {
  return html`<span class="where ${entry.runs}">${t(`make.runs.${entry.runs ?? "nowhere"}`, { vendor: entry.vendor_name })}</span>`;
}

/** The model that the form is for, and the way to another. @param {{entry?: object, onOpen: () => void}} props */
export function Chosen({ entry, onOpen }) {
  return html`<button type="button" class="chosen" onClick=${onOpen} aria-haspopup="dialog">
    <${Icon} name=${entry?.outputs[0]?.kind ?? "make"} />
    <span><b>${entry ? titleOfModel(entry) : t("make.choose")}</b>${entry && html`<small class="mono">${entry.id}</small>`}</span>
    <${Icon} name="chevron" />
  </button>`;
}
