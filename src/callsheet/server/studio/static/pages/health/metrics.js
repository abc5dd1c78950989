/** Reads Prometheus' text format, as far as the page shows it. */

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * Every sample by its name: `{callsheet_renders: [{labels: {state: "running"}, value: 1}]}`.
 * @param {string} text
 * @returns {Record<string, {labels: Record<string, string>, value: number}[]>}
 */
export function read(text) {
  const found = {};
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (!name?.startsWith("callsheet_")) continue;
    const named = Object.fromEntries([...labels.matchAll(LABEL)].map((one) => [one[1], one[2]]));
    (found[name] ??= []).push({ labels: named, value: Number(value) });
  }
  return found;
}

/**
 * The sum of a metric's samples that carry all these labels.
 * @param {ReturnType<typeof read>} metrics
 * @param {string} name without `callsheet_`
 * @param {Record<string, string>} [labels]
 */
export function sum(metrics, name, labels = {}) {
  const wanted = Object.entries(labels);
  return (metrics[`callsheet_${name}`] ?? [])
    .filter((one) => wanted.every(([label, value]) => one.labels[label] === value))
    .reduce((total, one) => total + one.value, 0);
}
