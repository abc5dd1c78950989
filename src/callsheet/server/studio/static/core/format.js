/** Numbers, sizes and times as people read them, in the language shown. */
import { locale } from "./words.js";

const made = new Map();

/**
 * A number with the separators of the language.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [how]
 */
export function number(value, how = {}) {
  return formatter(Intl.NumberFormat, how).format(value);
}

/**
 * Credits, without a unit: up to four decimals, `–` where there is no price.
 * @param {number | null | undefined} value
 */
export function credits(value) {
  return value == null ? "–" : number(value, { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
}

/**
 * Bytes as B, kB, MB or GB.
 * @param {number} value
 */
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return `${number(scaled, { maximumFractionDigits: step && scaled < 100 ? 1 : 0 })}\u00a0${units[step]}`;
}

/**
 * Seconds as `4.2 s`, `1:05` or `2:03:04`.
 * @param {number | null | undefined} seconds
 */
export function duration(seconds) {
  if (seconds == null) return "–";
  if (seconds < 60) return `${number(seconds, { maximumFractionDigits: seconds < 10 ? 1 : 0 })}\u00a0s`;
  return clock(seconds);
}

/**
 * Seconds as a player shows them: `0:04`, `1:05`, `2:03:04`.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((one, at) => (at ? String(one).padStart(2, "0") : String(one))).join(":");
}

/**
 * A date and time of this machine's zone, to the second.
 * @param {string | number | Date} at
 */
export function time(at) {
  return formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

/**
 * How long ago, or how soon: `3 minutes ago`.
 * @param {string | number | Date} at
 * @param {number} [now] milliseconds since 1970
 */
export function ago(at, now = Date.now()) {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return formatter(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

function formatter(Kind, how) {
  const key = `${Kind.name} ${locale()} ${JSON.stringify(how)}`;
  if (!made.has(key)) made.set(key, new Kind(locale(), how));
  return made.get(key);
}
