/** What a page asks the server for: once, again when something changes, again and again while it is looked at. */
import { useCallback, useEffect, useRef, useState } from "../lib/index.js";
import { get } from "./api.js";

/**
 * The answer to a question, kept while it is asked anew; what went wrong last, if it did.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {unknown[]} deps asked again when one of them changes
 * @param {{every?: number}} [how] asked again every so many milliseconds, while the page is in view
 * @returns {{data: T | null, error: Error | null, busy: boolean, again: () => Promise<void>}}
 */
export function useAsked(ask, deps = [], { every = 0 } = {}) {
  const [known, tell] = useState({ data: null, error: null, busy: true });
  const latest = useRef(null);
  latest.current = ask;
  const stop = useRef(null);
  const again = useCallback(async () => {
    stop.current?.abort();
    const mine = (stop.current = new AbortController());
    tell((before) => ({ ...before, busy: true }));
    try {
      const data = await latest.current(mine.signal);
      if (!mine.signal.aborted) tell({ data, error: null, busy: false });
    } catch (error) {
      if (!mine.signal.aborted) tell((before) => ({ ...before, error, busy: false }));
    }
  }, []);
  useEffect(() => {
    again();
    const timer = every && setInterval(() => document.hidden || again(), every);
    return () => {
      clearInterval(timer);
      stop.current?.abort();
    };
  }, [...deps, every]);
  return { ...known, again };
}

/**
 * A list of the API, page after page.
 * @param {string} path
 * @param {Record<string, unknown>} query begun anew when it changes
 * @returns {{rows: object[], first: object | null, error: Error | null, busy: boolean, more: (() => Promise<void>) | null,
 *   again: () => Promise<void>}} `first` is the whole answer of the first page, `more` is null at the end
 */
export function usePages(path, query) {
  const asked = useAsked((signal) => get(path, { query, signal }), [path, JSON.stringify(query)]);
  const [further, setFurther] = useState({ of: null, rows: [], next: null, busy: false, error: null });
  const same = further.of === asked.data ? further : { rows: [], next: asked.data?.next, busy: false, error: null };
  const more = async () => {
    const of = asked.data;
    setFurther({ ...same, of, busy: true, error: null });
    try {
      const found = await get(path, { query: { ...query, cursor: same.next } });
      setFurther({ of, rows: [...same.rows, ...found.data], next: found.next, busy: false, error: null });
    } catch (error) {
      setFurther({ ...same, of, busy: false, error });
    }
  };
  return {
    rows: [...(asked.data?.data ?? []), ...same.rows],
    first: asked.data,
    error: asked.error ?? same.error,
    busy: asked.busy || same.busy,
    more: same.next ? more : null,
    again: asked.again,
  };
}

/** A fresh Idempotency-Key; also where the page came by plain http. */
export function fresh() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
