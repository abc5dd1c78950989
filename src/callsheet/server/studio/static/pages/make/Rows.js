/** A list of objects, such as the shots of a clip: as rows of the same controls, or as JSON. */
import { html, useState } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Button } from "../../parts/Button.js";
import { changed, formOf, inputOf } from "./form.js";
import { Control } from "./Control.js";
import { Json } from "./writing.js";

/** @param {{param: import("./schema.js").Param, value?: object[], onChange: (value?: object[]) => void, attributes: object}} props */
export function Rows({ param, value = [], onChange, attributes }) {
  const [raw, setRaw] = useState(false);
  if (raw) return html`<${Raw} ...${{ param, value, onChange, attributes }} onDone=${() => setRaw(false)} />`;
  const put = (list) => onChange(list.length ? list : undefined);
  const set = (at, row) => put(value.map((one, other) => (other === at ? row : one)));
  const swap = (at, by) => {
    const list = [...value];
    list.splice(at + by, 0, ...list.splice(at, 1));
    put(list);
  };
  const full = param.maxItems !== undefined && value.length >= param.maxItems;
  return html`<div class="rows" id=${attributes.id}>
    <ol>
      ${value.map(
        (row, at) => html`<li key=${at}>
          <div class="row-head"><span class="mono">${at + 1}</span>
            <${Button} small kind="quiet" icon="back" class="up" label=${t("make.earlier")} disabled=${!at} onClick=${() => swap(at, -1)} />
            <${Button} small kind="quiet" icon="next" class="up" label=${t("make.later")} disabled=${at === value.length - 1} onClick=${() => swap(at, 1)} />
            <${Button} small kind="quiet" icon="copy" label=${t("make.row.copy")} disabled=${full} onClick=${() => put([...value.slice(0, at + 1), row, ...value.slice(at + 1)])} />
            <${Button} small kind="quiet" icon="trash" label=${t("make.row.remove")} onClick=${() => put(value.filter((_, other) => other !== at))} />
          </div>
          ${param.fields.map((field) => html`<${Control} key=${field.name} param=${field} value=${row[field.name]} row onChange=${(one) => set(at, changed(row, field.name, one))} />`)}
        </li>`,
      )}
    </ol>
    <div class="row-do">
      <${Button} small icon="make" disabled=${full} onClick=${() => onChange([...value, {}])}>${t("make.row.add")}<//>
      <${Button} small kind="quiet" onClick=${() => setRaw(true)}>JSON<//>
    </div>
  </div>`;
}

function Raw({ param, value, onChange, attributes, onDone }) {
  const [wrong, setWrong] = useState("");
  const read = (list) => {
    if (list !== undefined && !(Array.isArray(list) && list.every((one) => one && typeof one === "object"))) return setWrong(t("make.row.list"));
    const unknown = (list ?? []).flatMap(Object.keys).find((name) => !param.fields.some((field) => field.name === name));
    setWrong(unknown ? t("make.row.unknown", { name: unknown, known: param.fields.map((one) => one.name).join(", ") }) : "");
    if (!unknown) onChange(list?.map((row) => formOf(row, param.fields)));
  };
  return html`<div class="rows">
    <${Json} value=${value.length ? value.map(inputOf) : undefined} onChange=${read} attributes=${attributes} />
    ${wrong && html`<p class="error" role="alert">${wrong}</p>`}
    <div class="row-do"><${Button} small kind="quiet" onClick=${onDone}>${t("make.row.rows")}<//></div>
  </div>`;
}
