/** Pictures, clips and sounds given to a model: dropped, pasted, chosen, named by address, or made by an earlier task. */
import { html, useEffect, useRef, useState } from "../../lib/index.js";
import { media } from "../../core/api.js";
import { bytes, duration, number } from "../../core/format.js";
import { t } from "../../core/words.js";
import { Button } from "../../parts/Button.js";
import { Icon } from "../../parts/Icon.js";
import { Spinner } from "../../parts/Spinner.js";
import { accepts, described, kindOf, refused, stored, unfit } from "./media.js";
import { PickOutput } from "./PickOutput.js";

/** One file. */
export function Medium({ param, value, onChange, attributes, children }) {
  if (value) {
    return html`<div class="medium" id=${attributes.id} tabindex="-1"><${Held} param=${param} value=${value} onRemove=${() => onChange(undefined)} />${children}</div>`;
  }
  return html`<${Drop} param=${param} attributes=${attributes} onGiven=${([first]) => onChange(first)}>${children}<//>`;
}

/** Several files, in order. */
export function Several({ param, value = [], onChange, attributes }) {
  const latest = useRef(value);
  latest.current = value;
  const put = (list) => onChange((latest.current = list).length ? list : undefined);
  const move = (at, by) => {
    const list = [...value];
    list.splice(at + by, 0, ...list.splice(at, 1));
    put(list);
  };
  const full = param.maxItems !== undefined && value.length >= param.maxItems;
  return html`<div class="several">
    ${value.map(
      (one, at) => html`<div class="medium" key=${one.file?.id ?? one.url ?? `${one.from} ${one.output}`}>
        <${Held} param=${param} value=${one} onRemove=${() => put(value.filter((_, other) => other !== at))}>
          ${at > 0 && html`<${Button} small kind="quiet" icon="back" label=${t("make.earlier")} onClick=${() => move(at, -1)} />`}
          ${at < value.length - 1 && html`<${Button} small kind="quiet" icon="next" label=${t("make.later")} onClick=${() => move(at, 1)} />`}
        <//>
      </div>`,
    )}
    ${!full && html`<${Drop} param=${param} attributes=${attributes} many onGiven=${(given) => put([...latest.current, ...given].slice(0, param.maxItems))} />`}
  </div>`;
}

function Drop({ param, attributes, many = false, onGiven, children }) {
  const [over, setOver] = useState(false);
  const [wrong, setWrong] = useState("");
  const [share, setShare] = useState(null);
  const [picking, pick] = useState(false);
  const chooser = useRef(null);
  const take = async (files) => {
    const chosen = many ? [...files] : [...files].slice(0, 1);
    const bad = chosen.map((one) => refused(one, param)).find(Boolean);
    setWrong(bad ?? "");
    if (bad || !chosen.length) return;
    try {
      for (const one of chosen) {
        setShare(0);
        onGiven([await stored(one, setShare)]);
      }
    } catch (error) {
      setWrong([error.message, error.hint].filter(Boolean).join(" "));
    } finally {
      setShare(null);
    }
  };
  const paste = (event) => {
    const files = [...event.clipboardData.files];
    const text = event.clipboardData.getData("text").trim();
    if (files.length) take(files);
    else if (/^(https?:\/\/|file_)\S+$/.test(text)) onGiven([text.startsWith("file_") ? { file: { id: text, kind: param.medium } } : { url: text }]);
    else return;
    event.preventDefault();
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const drag = (event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`<div class="drop ${over ? "over" : ""}" onDragOver=${drag} onDragLeave=${() => setOver(false)} onDrop=${drop} onPaste=${paste}>
    ${share === null
      ? html`<${Icon} name=${param.medium} />
          <div class="drop-ways">
            <button type="button" class="button small" ...${attributes} onClick=${() => chooser.current.click()}>${t("media.choose")}</button>
            <${Button} small kind="quiet" onClick=${() => pick(true)}>${t("media.take")}<//>
            ${children}
          </div>
          <p class="hint">${t("media.drop")}</p>`
      : html`<${Spinner} label=${t("media.uploading")} /><progress max="1" value=${share} aria-label=${t("media.uploading")}></progress>`}
    <input ref=${chooser} type="file" hidden accept=${accepts(param)} multiple=${many} onChange=${(event) => take(event.currentTarget.files)} />
    ${wrong && html`<p class="error" role="alert">${wrong}</p>`}
    ${picking && html`<${PickOutput} medium=${param.medium} onPick=${(one) => (pick(false), onGiven([one]))} onClose=${() => pick(false)} />`}
  </div>`;
}

/** What is held: seen or heard, measured, and let go of. */
function Held({ param, value, onRemove, children }) {
  const found = useDescribed(value);
  const file = found.file ?? value.file ?? value.shown ?? {};
  const wrong = found.gone ? t("media.gone") : unfit(file, param);
  const said = [
    file.width && `${number(file.width)} × ${number(file.height)}`,
    file.duration && duration(file.duration),
    file.bytes && bytes(file.bytes),
  ];
  return html`
    <${Preview} file=${found.file ?? file} url=${value.url} kind=${param.medium} />
    <div class="medium-said">
      <p class="medium-name" title=${value.url ?? file.name ?? value.from}>${value.url ?? file.name ?? value.from ?? file.id}</p>
      <p class="hint">${value.from ? t("media.output", { task: value.from.slice(-6), output: value.output }) : said.filter(Boolean).join(" · ")}</p>
      ${wrong && html`<p class="error" role="alert">${wrong}</p>`}
    </div>
    <div class="medium-do">${children}<${Button} small kind="quiet" icon="x" label=${t("media.remove")} onClick=${onRemove} /></div>
  `;
}

/** The file itself, small. */
export function Preview({ file, url, kind }) {
  const source = file?.url ? media(file) : undefined;
  const shown = file?.content_type ? kindOf(file.content_type) : kind;
  if (url || !source) return html`<span class="thumb blank"><${Icon} name=${url ? "link" : shown} /></span>`;
  if (shown === "image") return html`<img class="thumb" src=${source} alt="" />`;
  if (shown === "video") return html`<video class="thumb" src=${source} muted playsinline preload="metadata"></video>`;
  if (shown === "audio") return html`<audio class="thumb" src=${source} controls preload="metadata"></audio>`;
  return html`<span class="thumb blank"><${Icon} name="file" /></span>`;
}

function useDescribed(value) {
  const [found, setFound] = useState({});
  const id = value.file?.id ?? value.shown?.file;
  useEffect(() => {
    let here = true;
    if (id) {
      described(id).then(
        (file) => here && setFound({ file }),
        (error) => here && setFound({ gone: error.status === 404 }),
      );
    }
    return () => {
      here = false;
    };
  }, [id]);
  return found;
}
