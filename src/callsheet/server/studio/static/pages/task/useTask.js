/** One task as it stands: read once, told of every event, and read again when there is more to know. */
import { useEffect, useRef, useState } from "../../lib/index.js";
import { get, watch } from "../../core/api.js";

const SOON = 250;

/**
 * @param {string} id
 * @returns {{task: object | null, timeline: object[], error: Error | null, reload: () => void}}
 */
export function useTask(id) {
  const [task, setTask] = useState(null);
  const [timeline, setTimeline] = useState([]);
  const [error, setError] = useState(null);
  const reload = useRef(() => {});
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    let [asked, told] = [0, 0];
    const read = async () => {
      const mine = ++asked;
      try {
        const [now, { data }] = await Promise.all([
          get(`/v1/tasks/${id}`, { signal: stop.signal }),
          get(`/v1/tasks/${id}/timeline`, { signal: stop.signal }),
        ]);
        if (mine < told) return; // an answer that came late, of what was before
        told = mine;
        setTask(now);
        setTimeline(data);
        setError(null);
      } catch (problem) {
        if (problem.name !== "AbortError") setError(problem);
      }
    };
    reload.current = read;
    const heard = (event) => {
      if (event.type === "progress") setTask((before) => before && { ...before, progress: event.data.progress });
      clearTimeout(timer);
      timer = setTimeout(read, SOON);
    };
    read();
    const silence = watch(id, heard, setError);
    return () => {
      stop.abort();
      clearTimeout(timer);
      silence();
    };
  }, [id]);
  return { task, timeline, error, reload: () => reload.current() };
}
