/** What the server refuses, in the language shown: by its reason and the values that it names, never by its sentence. */
import words from "../words/errors.js";
import failures from "../words/failures.js";
import { bytes, number } from "./format.js";
import { has, lang, register, t } from "./words.js";

register(words);
register(failures);

/** What a vendor answered means what its code says: that comes first. */
const BY_CODE = new Set(["vendor_answered"]);

/**
 * An error in the language shown. English stays as the server says it. Elsewhere its `reason` says it, with its
 * `values`; without one, its `code`, and the server's own sentence stands below as the hint. Another's words that it
 * quotes, such as a vendor's, stay as they came.
 * @param {{code?: string, reason?: string | null, values?: Record<string, unknown>, message?: string, hint?: string | null}} said
 * @returns {{message: string, hint: string | null}}
 */
export function told({ code, reason, values = {}, message, hint = null }) {
  if (lang.value === "en" && message) return { message, hint };
  const exact = `error.${reason}`;
  const kind = `error.code.${code}`;
  if (reason && has(exact)) {
    const said = [BY_CODE.has(reason) && has(kind) && t(kind), t(exact, shown(values)), way(reason, values)].filter(Boolean);
    return { message: said[0], hint: said.slice(1).join(" ") || null };
  }
  if (!has(kind)) return { message: message ?? code, hint };
  return { message: t(kind), hint: [message, hint].filter(Boolean).join(" ") || null };
}

/** The way out, as far as the values name it. */
function way(reason, values) {
  const { known, choices, settings, neural, multiple_of: step } = values;
  const [min, max] = [values.min, values.max].map((one) => (typeof one === "number" ? number(one) : one));
  const near = [values.near ?? []].flat();
  const found = [
    near.length > 0 && t("error.near", { near: near.map(named).join(t("error.comma")) }),
    known?.length && t("error.known", { names: known.join(t("error.comma")) }),
    choices?.length && t("error.choices", { values: choices.join(t("error.comma")) }),
    min != null && max != null && t("error.between", { min, max }),
    min != null && max == null && t("error.least", { min }),
    max != null && min == null && t("error.most", { max }),
    step != null && t("error.multiple", { step }),
    neural && t("error.neural", { neural }),
    settings?.length && t("error.settings", { names: settings.join(t("error.comma")) }),
    values.quoted != null && (values.quoted ? t("error.quoted", values) : t("error.quoted.none")),
    has(`error.${reason}.hint`) && t(`error.${reason}.hint`, shown(values)),
  ];
  return found.filter(Boolean).join(" ") || null;
}

function shown(values) {
  const said = Object.entries(values).map(([name, value]) => {
    if (name === "param" || name === "near") return [name, named(value)];
    if (Array.isArray(value)) return [name, value.map(named).join(t("error.comma"))];
    return [name, typeof value === "number" ? number(value) : value];
  });
  const who = t(values.vendor ? "error.vendor.named" : "error.vendor.nameless", values);
  return { ...Object.fromEntries(said), who, size: values.most == null ? "" : bytes(values.most) };
}

/** A param by the name that its field has, with the API's own where that is another. */
function named(param) {
  const name = String(param).replace(/^input\./, "");
  return has(`param.${name}`) ? `${t(`param.${name}`)} (${name})` : name;
}
