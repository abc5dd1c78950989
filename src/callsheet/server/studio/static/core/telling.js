/** What the server tells beside its errors, in the language shown: why a cancel came to what it did, and how a price was reckoned. */
import words from "../words/asked.js";
import { credits, number } from "./format.js";
import { told } from "./refusing.js";
import { has, lang, register, t } from "./words.js";

register(words);

/**
 * Why a cancel came to what it came to.
 * @param {{why: string, reason?: string}} cancel
 * @returns {string}
 */
export function whyOf({ why, reason }) {
  return lang.value !== "en" && reason && has(`asked.${reason}`) ? t(`asked.${reason}`) : why;
}

/**
 * How a price was reckoned.
 * @param {{basis: string, reason?: string | null, values?: {price?: number, unit?: string, amount?: number, rate?: number | null}}} quote
 * @returns {string}
 */
export function basisOf({ basis, reason, values = {} }) {
  if (lang.value === "en" || !reason || !has(`asked.${reason}`)) return basis;
  const said = t(`asked.${reason}`, { ...values, price: credits(values.price), unit: unitOf(values.unit), amount: number(values.amount ?? 0) });
  if (values.rate === null) return [said, t("asked.no_rate")].join(t("asked.comma"));
  return (values.rate ?? 1) === 1 ? said : [said, t("asked.rate", { rate: credits(values.rate) })].join(t("asked.comma"));
}

function unitOf(unit) {
  return has(`asked.unit.${unit}`) ? t(`asked.unit.${unit}`) : unit;
}

/** Kinds of movements whose memo callsheet writes; people write the others', and what they wrote stays as it is. */
const WRITTEN_HERE = new Set(["hold", "settle", "release", "adjust"]);

/**
 * What a movement of the ledger is about.
 * @param {{kind: string, source: string, task?: string | null, memo: string}} entry
 * @returns {string}
 */
export function memoOf({ kind, source, task, memo }) {
  if (lang.value === "en" || !task || !WRITTEN_HERE.has(kind)) return memo;
  return t(`asked.memo.${kind === "settle" && source === "funds" ? "late" : kind}`);
}

/**
 * Why a sheet could not be played as it is, with the way out.
 * @param {{refusal: string, reason?: string | null, values?: object}} plan
 * @returns {string}
 */
export function refusalOf({ refusal, reason, values }) {
  const { message, hint } = told({ message: refusal, reason, values });
  return [message, hint].filter(Boolean).join(" ");
}
