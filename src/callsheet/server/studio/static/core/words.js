/** Every word of the studio in English and Chinese, and which of the two is shown. */
import { effect } from "../lib/index.js";
import { persisted } from "./state.js";

/** The languages there are, by the code that `lang` holds. */
export const LANGUAGES = { en: "English", zh: "中文" };

const spoken = (navigator.languages ?? [navigator.language]).map((one) => one.slice(0, 2).toLowerCase());

/** The language shown: `en` or `zh`; at first the browser's. */
export const lang = persisted("lang", spoken.find((one) => one in LANGUAGES) ?? "en");

const dictionary = { en: {}, zh: {} };
const plurals = {};

effect(() => {
  document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
});

/**
 * Add a page's own words. Keys are flat and begin with the page's name: `make.quote`.
 * Words that depend on a number are two keys, `x.one` and `x.other`, asked for as `t("x", {count})`.
 * @param {{en: Record<string, string>, zh: Record<string, string>}} words
 */
export function register(words) {
  Object.assign(dictionary.en, words.en);
  Object.assign(dictionary.zh, words.zh);
}

/**
 * The words of a key in the language shown, with `{name}` replaced by `values.name`. Read inside a component it is
 * said anew when the language changes. A key without words is shown as it is, so that it is seen.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values) {
  const words = dictionary[lang.value] ?? dictionary.en;
  const text = words[key] ?? plural(words, key, values) ?? dictionary.en[key] ?? plural(dictionary.en, key, values) ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : text;
}

/**
 * Whether there are words for a key.
 * @param {string} key
 * @returns {boolean}
 */
export function has(key) {
  return key in dictionary.en;
}

/** The language as Intl wants it named. */
export function locale() {
  return lang.value === "zh" ? "zh-CN" : "en-GB";
}

function plural(words, key, values) {
  if (!values || !("count" in values)) return undefined;
  plurals[locale()] ??= new Intl.PluralRules(locale());
  return words[`${key}.${plurals[locale()].select(Number(values.count))}`] ?? words[`${key}.other`];
}
