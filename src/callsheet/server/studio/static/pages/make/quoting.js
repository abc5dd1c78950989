/** What the form as it stands would cost and where it would run, asked a moment after the last change. */
import { post } from "../../core/api.js";
import { useEffect, useState } from "../../lib/index.js";

const AFTER = 350;

/**
 * @param {{model: string, input: object, stage?: string} | null} body null while there is nothing to ask
 * @returns {{quote?: object, error?: import("../../core/api.js").ApiError, asking: boolean}}
 */
export function useQuote(body) {
  const [said, setSaid] = useState({});
  const print = body && JSON.stringify(body);
  useEffect(() => {
    if (!print) return setSaid({});
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const quote = await post("/v1/quotes", JSON.parse(print), { signal: stop.signal });
        setSaid({ quote, of: print });
      } catch (error) {
        if (error.name !== "AbortError") setSaid({ error, of: print });
      }
    }, AFTER);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [print]);
  return { ...said, asking: !print || said.of !== print };
}
