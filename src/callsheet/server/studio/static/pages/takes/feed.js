/** The takes that fit a filter: read page by page as one scrolls, kept fresh by one request, far pages let go of. */
import { signal } from "../../lib/index.js";
import { get } from "../../core/api.js";

const PAGE = 60;
/** Pages that are kept in memory; what is far from view beyond that is read again when it comes back. */
const KEPT = 30;
const HEAD = 50;
const [LIVELY, CALM] = [2500, 10_000];
const LEFT_AT_ONCE = 4;

/** All takes that fit a query, in its order. Read `changed.value` in a component to be drawn anew. */
export class Feed {
  /** @param {Record<string, unknown>} query as `GET /v1/tasks` takes it */
  constructor(query) {
    this.query = query;
    this.rising = query.order === "oldest";
    this.changed = signal(0);
    this.error = signal(null);
    this.loading = signal(false);
    this.pages = [];
    this.next = null;
    this.begun = false;
    this.stop = new AbortController();
    this.visible = [0, 40];
  }

  /** How many are known so far. */
  get count() {
    return this.pages.reduce((sum, page) => sum + page.length, 0);
  }

  /** Whether there is nothing more to read. */
  get whole() {
    return this.begun && this.next === null;
  }

  /** Whether all are in memory, as they are where they fit one page: then they can be put in any order. */
  get few() {
    return this.whole && this.pages.length === 1;
  }

  /** One of them by its place; undefined while its page is read (again). @param {number} index */
  at(index) {
    let rest = index;
    for (const page of this.pages) {
      if (rest < page.length) {
        if (!page.tasks) this.#again(page);
        return page.tasks?.[rest];
      }
      rest -= page.length;
    }
    return undefined;
  }

  /** Those in memory, in order. */
  loaded() {
    return this.pages.flatMap((page) => page.tasks ?? []);
  }

  /** Begin, and stay fresh until `close`. */
  open() {
    this.more();
    this.#stayFresh();
    // Whoever comes back to the page sees what is now.
    addEventListener("focus", () => this.refresh().catch(() => {}), { signal: this.stop.signal });
  }

  close() {
    this.stop.abort();
  }

  /** The next page. */
  async more() {
    if (this.loading.value || this.whole) return;
    this.loading.value = true;
    try {
      const cursor = this.next;
      const found = await this.#read({ limit: PAGE, cursor });
      this.pages.push({ cursor, tasks: found.data, length: found.data.length });
      this.next = found.next;
      this.begun = true;
      this.error.value = null;
      this.#forgetFar();
      this.#told();
    } catch (error) {
      if (error.name !== "AbortError") this.error.value = error;
    } finally {
      this.loading.value = false;
    }
    // A search may find nothing in a whole page, and still go on.
    if (this.begun && this.count < PAGE && this.next && this.searched < 5) {
      this.searched += 1;
      this.more();
    }
  }

  searched = 0;

  /** What is shown now: places from, to. @param {number} from @param {number} to */
  look(from, to) {
    this.visible = [from, to];
  }

  /** Put a task as it now is in the place of what is known of it. @param {object} task */
  put(task) {
    for (const page of this.pages) {
      const place = page.tasks?.findIndex((one) => one.id === task.id) ?? -1;
      if (place >= 0) page.tasks = page.tasks.with(place, task);
    }
    this.#told();
  }

  /** It is gone. @param {string} id */
  drop(id) {
    for (const page of this.pages) {
      if (page.tasks) page.tasks = page.tasks.filter((one) => one.id !== id);
      if (page.tasks) page.length = page.tasks.length;
    }
    this.#told();
  }

  /** Ask once for what is new where new ones come, and for what went on of that which is loaded. */
  async refresh() {
    if (!this.begun) return;
    const found = await (this.rising ? this.#tail() : this.#head());
    const known = new Set(found.map((task) => task.id));
    const open = this.loaded().filter((task) => !ended(task) && !known.has(task.id));
    if (open.length) await this.#openOnes(open);
  }

  async #head() {
    const head = await this.#read({ limit: HEAD });
    this.#merge(head);
    return head.data;
  }

  /** Oldest first, what is new comes behind all others: the last page is read again once there is none behind it. */
  async #tail() {
    const last = this.pages.at(-1);
    if (!last || !this.whole || this.loading.value) return [];
    const found = await this.#read({ limit: PAGE, cursor: last.cursor });
    if (last !== this.pages.at(-1)) return [];
    Object.assign(last, { tasks: found.data, length: found.data.length });
    this.next = found.next;
    this.#told();
    return found.data;
  }

  /** Unfinished ones elsewhere: one request for all, and those that ended meanwhile by themselves. */
  async #openOnes(open) {
    const { data, next } = await this.#read({ limit: 100, order: "newest", state: ["queued", "running"] });
    const found = new Map(data.map((task) => [task.id, task]));
    const last = next ? data.at(-1).id : "";
    const over = [];
    for (const task of open) {
      if (found.has(task.id)) this.put(found.get(task.id));
      else if (task.id > last) over.push(task);
    }
    for (const task of over.slice(0, LEFT_AT_ONCE)) {
      await get(`/v1/tasks/${task.id}`, { signal: this.stop.signal }).then((now) => this.put(now), (error) => error.status === 404 && this.drop(task.id));
    }
  }

  /** The head as it is now stands before what is known to be older than it; what left it is gone. */
  #merge(head) {
    const known = new Set(this.loaded().map((task) => task.id));
    const fresh = new Set(head.data.map((task) => task.id));
    const meet = head.next ? head.data.findLast((task) => known.has(task.id))?.id : null;
    if (head.next && !meet) {
      this.pages = [];
      this.next = head.next;
    }
    let older = false;
    for (const page of this.pages) {
      if (!page.tasks) continue;
      page.tasks = page.tasks.filter((task) => {
        const stays = older && !fresh.has(task.id);
        older ||= task.id === meet;
        return stays;
      });
      page.length = page.tasks.length;
    }
    this.pages[0] ??= { cursor: null, tasks: [] };
    this.pages[0].tasks = [...head.data, ...this.pages[0].tasks];
    this.pages[0].length = this.pages[0].tasks.length;
    this.#told();
  }

  async #stayFresh() {
    while (!this.stop.signal.aborted) {
      const lively = this.loaded().some((task) => !ended(task));
      await pause(lively ? LIVELY : CALM, this.stop.signal);
      if (document.visibilityState === "hidden" || this.stop.signal.aborted) continue;
      await this.refresh().catch(() => {});
    }
  }

  async #again(page) {
    if (page.coming) return;
    page.coming = true;
    try {
      const found = await this.#read({ limit: PAGE, cursor: page.cursor });
      page.tasks = found.data.slice(0, page.length);
      page.length = page.tasks.length;
      this.#forgetFar();
      this.#told();
    } catch (error) {
      if (error.name !== "AbortError") this.error.value = error;
    } finally {
      page.coming = false;
    }
  }

  /** The first page may hold what came in since, which no cursor gives: it stays. */
  #forgetFar() {
    const middle = (this.visible[0] + this.visible[1]) / 2;
    let begin = 0;
    const distances = this.pages.map((page) => {
      const place = begin + page.length / 2;
      begin += page.length;
      return { page, far: Math.abs(place - middle) };
    });
    const held = distances.slice(1).filter(({ page }) => page.tasks).sort((one, other) => other.far - one.far);
    for (const { page } of held.slice(0, Math.max(0, held.length - KEPT))) page.tasks = null;
  }

  #read(more) {
    const state = more.state?.filter((one) => !this.query.state.length || this.query.state.includes(one));
    const query = { ...this.query, ...more, ...(state ? { state } : {}) };
    return state?.length === 0 ? Promise.resolve({ data: [], next: null }) : get("/v1/tasks", { query, signal: this.stop.signal });
  }

  #told() {
    this.changed.value += 1;
  }
}

/** Whether a task has ended. @param {{state: string}} task */
export function ended({ state }) {
  return state === "succeeded" || state === "failed" || state === "canceled";
}

/**
 * Takes in another order than the server's.
 * @param {object[]} tasks
 * @param {"longest" | "dearest" | "model"} order
 */
export function ordered(tasks, order) {
  const by = {
    longest: (task) => -took(task),
    dearest: (task) => -(task.usage?.credits ?? -1),
    model: (task) => task.model,
  }[order];
  return by ? [...tasks].sort((one, other) => (by(one) < by(other) ? -1 : by(one) > by(other) ? 1 : 0)) : tasks;
}

/** Seconds that a task took so far. @param {object} task */
export function took({ started_at: began, ended_at: over }) {
  return began ? (new Date(over ?? Date.now()) - new Date(began)) / 1000 : 0;
}

function pause(milliseconds, stop) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
