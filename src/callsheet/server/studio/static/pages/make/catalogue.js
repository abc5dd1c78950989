/** Models and capabilities as the server knows them, asked for once; and how the chooser finds among them. */
import { get } from "../../core/api.js";
import { credits } from "../../core/format.js";
import { named, titleOfModel } from "../../core/naming.js";
import { has, lang, t } from "../../core/words.js";

let listed;
const whole = new Map();

/** The kinds of output, in the order they are shown. */
export const KINDS = ["video", "image", "audio", "diagram", "text"];

/**
 * Every capability with its models: `{id, meaning, output, models: [entry]}`, what is made here first. Each entry also
 * has `vendor_name` and `runs`: `here`, `live`, `previz` or `nowhere`.
 * @returns {Promise<{id: string, meaning: string, output: string, models: object[]}[]>}
 */
export function catalogue() {
  listed ??= Promise.all([get("/v1/capabilities"), get("/v1/models"), vendors()]).then(([capabilities, models, stages]) => {
    const known = new Map(models.data.map((one) => [one.id, { ...one, ...stages.get(one.vendor)?.(one.capability) }]));
    const here = (one) => (isLocal(one) ? 0 : 1);
    return capabilities.data.map((one) => {
      const found = one.models.map((id) => known.get(id)).filter(Boolean);
      return { ...one, models: found.sort((a, b) => here(a) - here(b)) };
    });
  });
  listed.catch(() => (listed = undefined));
  return listed;
}

/**
 * One model with the JSON Schema of its input.
 * @param {string} id a model or a capability
 */
export function model(id) {
  if (!whole.has(id)) {
    const asked = get(`/v1/models/${id.split("/").map(encodeURIComponent).join("/")}`);
    asked.catch(() => whole.delete(id));
    whole.set(id, asked);
  }
  return whole.get(id);
}

/**
 * The capabilities with those models that fit every word of a search, in either language.
 * @param {Awaited<ReturnType<typeof catalogue>>} all
 * @param {string} words
 * @param {string} kind one of KINDS, or empty
 */
export function search(all, words, kind) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .filter((one) => !kind || one.output === kind)
    .map((one) => ({ ...one, models: one.models.filter((entry) => fits(one, entry, wanted)) }))
    .filter((one) => one.models.length);
}

/**
 * What a model costs, in a few words: `free`, `5 credits`, `from 0.8 credits per second`.
 * @param {{prices: {credits: number, per: string, unit?: string}[]}} entry
 */
export function priceHint(entry) {
  const amounts = entry.prices.map((one) => one.credits).filter((one) => typeof one === "number");
  if (!amounts.length) return t("make.price.none");
  const least = Math.min(...amounts);
  if (least === 0 && Math.max(...amounts) === 0) return t("make.price.free");
  const { per } = entry.prices.find((one) => one.credits === least);
  const said = `${credits(least)} ${t("credits.unit", { count: least })}`;
  const whole = per === "task" ? said : t("make.price.per", { price: said, per: has(`per.${per}`) ? t(`per.${per}`) : per });
  return entry.prices.length > 1 ? t("make.price.from", { price: whole }) : whole;
}

/** Whether a model is made on this machine and costs nothing. @param {{vendor: string}} entry */
export function isLocal(entry) {
  return entry.vendor === "previz" || entry.vendor === "edit";
}

/**
 * Whether the key of a vendor is set up here.
 * @param {string} vendor its id
 * @returns {Promise<boolean>}
 */
export async function isLive(vendor) {
  const { data } = await get("/v1/vendors");
  return data.some((one) => one.id === vendor && one.live);
}

/** The setting that holds the key of a vendor. @param {string} vendor its id */
export function keyOf(vendor) {
  return `CALLSHEET_VENDORS__${vendor.toUpperCase()}__KEY`;
}

/** By vendor: what an entry of a capability gets from it. */
async function vendors() {
  const { data } = await get("/v1/vendors");
  return new Map(data.map((one) => [one.id, (capability) => ({ vendor_name: one.name, runs: runs(one, capability) })]));
}

function runs(vendor, capability) {
  if (vendor.local) return "here";
  const stages = vendor.capabilities.find((one) => one.id === capability)?.stages ?? [];
  if (vendor.live && stages.includes("vendor")) return "live";
  return stages.some((one) => one !== "nowhere") ? "previz" : "nowhere";
}

function fits(capability, entry, wanted) {
  const other = lang.value === "zh" ? `${named(capability.id)} ${titleOfModel(entry)}` : "";
  const text = [entry.id, entry.title, entry.about, capability.id.replaceAll("-", " "), capability.id, capability.meaning, other, entry.vendor_name];
  const all = text.join(" ").toLowerCase();
  return wanted.every((word) => all.includes(word));
}
