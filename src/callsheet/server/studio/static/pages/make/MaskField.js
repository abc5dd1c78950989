/** A mask: drawn on the picture that the form has, or given as a file. */
import { html, useState } from "../../lib/index.js";
import { t } from "../../core/words.js";
import { Button } from "../../parts/Button.js";
import { MaskEditor } from "./MaskEditor.js";
import { Medium } from "./Media.js";

/** @param {{param: object, value?: object, onChange: (value: unknown) => void, attributes: object, form?: Record<string, any>}} props */
export function MaskField({ param, value, onChange, attributes, form = {} }) {
  const [drawing, draw] = useState(false);
  const picture = form.image?.file?.id ?? form.image?.shown?.file;
  return html`<${Medium} param=${param} value=${value} onChange=${onChange} attributes=${attributes}>
      <${Button} small icon="brush" disabled=${!picture} title=${picture ? undefined : t("mask.first")} onClick=${() => draw(true)}>${t(value?.strokes ? "mask.again" : "mask.draw")}<//>
    <//>
    ${drawing &&
    html`<${MaskEditor}
      picture=${picture}
      strokes=${value?.picture === picture ? value?.strokes : undefined}
      onDone=${(mask) => (draw(false), onChange(mask))}
      onClose=${() => draw(false)}
    />`}`;
}
