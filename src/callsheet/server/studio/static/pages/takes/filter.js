/** What the board shows: kept in the address alone, so that a reload, a bookmark and the back key keep it. */
import { go, useRoute } from "../../core/router.js";

/** Every state a task can have, in the order of its life. */
export const STATES = ["queued", "running", "succeeded", "failed", "canceled"];

/** The orders of the server, which hold for all that fit. */
export const ORDERS = ["newest", "oldest"];

/** The orders in which takes can be put that are all loaded. */
export const OF_FEW = ["longest", "dearest", "model"];

const NAMED = ["text", "capability", "model", "vendor", "stage", "from", "to", "label"];

/**
 * @typedef {object} Filter the parts of the address: `state` as a list, the others as text; empty where not given
 */

/** The filter that the address holds. @returns {Filter} */
export function useFilter() {
  const { query } = useRoute();
  const given = Object.fromEntries(NAMED.map((name) => [name, query[name] ?? ""]));
  const state = (query.state ?? "").split(",").filter((one) => STATES.includes(one));
  return { ...given, state, order: [...ORDERS, ...OF_FEW].includes(query.order) ? query.order : "newest", view: query.view === "list" ? "list" : "grid" };
}

/** Show the board with some parts of the filter changed. @param {Filter} filter @param {Partial<Filter>} changes */
export function change(filter, changes) {
  const next = { ...filter, ...changes };
  const kept = new URLSearchParams();
  for (const name of NAMED) if (next[name]) kept.set(name, next[name]);
  if (next.state.length) kept.set("state", next.state.join(","));
  if (next.order !== "newest") kept.set("order", next.order);
  if (next.view !== "grid") kept.set("view", next.view);
  go(`/takes${kept.size ? `?${kept}` : ""}`, { replace: true });
}

/** How many parts of the filter are set, the searched words aside. @param {Filter} filter */
export function count(filter) {
  return NAMED.filter((name) => name !== "text" && filter[name]).length + (filter.state.length ? 1 : 0);
}

/** The filter as `GET /v1/tasks` takes it. @param {Filter} filter */
export function queryOf({ text, state, capability, model, vendor, stage, from, to, label, order }) {
  const [name, ...value] = label.split("=");
  return {
    text: text.trim().split(/\s+/).slice(0, 4).join(" "),
    state,
    capability,
    model,
    vendor,
    stage,
    order: order === "oldest" ? order : "",
    created_from: day(from, 0),
    created_to: day(to, 1),
    ...(name && value.length ? { [`metadata[${name.trim()}]`]: value.join("=").trim() } : {}),
  };
}

/** Midnight of this machine's zone, so many days after a date. */
function day(text, after) {
  const [year, month, date] = text.split("-").map(Number);
  const at = new Date(year, month - 1, date + after);
  return text && !Number.isNaN(at.getTime()) ? at.toISOString() : "";
}
