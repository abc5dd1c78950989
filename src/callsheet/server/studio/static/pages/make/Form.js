/** All fields of a model: what it is made of, its shape, and the rest behind a fold. */
import { html, useMemo } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Control } from "./Control.js";
import { grouped } from "./schema.js";

/**
 * @param {{params: import("./schema.js").Param[], form: Record<string, unknown>, error?: {param?: string, message: string, hint?: string} | null,
 *   onSet: (name: string, value: unknown) => void, after?: Record<string, unknown>}} props `after` is shown below a field
 */
export function Form({ params, form, error, onSet, after = {} }) {
  const { first, shape, more } = useMemo(() => grouped(params), [params]);
  const field = (param) =>
    html`<${Control} key=${param.name} param=${param} value=${form[param.name]} form=${form} after=${after[param.name]} error=${wrong(error, param.name)} onChange=${(value) => onSet(param.name, value)} />`;
  const set = more.filter((one) => one.name in form).length;
  return html`<div class="form">
    ${first.map(field)}
    ${shape.length > 0 && html`<div class="form-shape">${shape.map(field)}</div>`}
    ${more.length > 0 &&
    html`<details class="form-more" open=${more.some((one) => wrong(error, one.name)) || undefined}>
      <summary>${t("make.further", { count: more.length })}${set > 0 && html` <b>${t("make.further.set", { count: set })}</b>`}</summary>
      <div class="form-shape">${more.map(field)}</div>
    </details>`}
  </div>`;
}

function wrong(error, name) {
  const path = error?.param?.replace(/^input\./, "");
  if (!path || !(path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`))) return undefined;
  const where = path === name ? "" : `${path}: `;
  return where + [error.message, error.hint].filter(Boolean).join(" ");
}
