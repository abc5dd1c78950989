/** What callsheet itself names, in the language shown: capabilities, and the models that run here. A vendor's names stay as they are. */
import capabilities from "../words/capabilities.js";
import params from "../words/params.js";
import { has, lang, register, t } from "./words.js";

register(capabilities);
register(params);

/** A capability's name in the language shown. @param {string} id */
export function named(id) {
  return has(`capability.${id}`) ? t(`capability.${id}`) : id;
}

/** A param's name: the API's own in English, as in the sheets and calls that are written with it. @param {string} name */
export function paramNamed(name) {
  return lang.value !== "en" && has(`param.${name}`) ? t(`param.${name}`) : name;
}

/**
 * A model's title: callsheet's own models are called by what they make.
 * @param {{title: string, vendor: string, capability: string}} entry
 */
export function titleOfModel({ title, vendor, capability }) {
  if (lang.value === "en" || !has(`capability.${capability}`)) return title;
  if (vendor === "previz") return t("capability.on.previz", { name: named(capability) });
  return vendor === "edit" ? named(capability) : title;
}
