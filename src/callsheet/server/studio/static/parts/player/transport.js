/** Plays one or several video or audio elements as one: by frames, backwards, in a loop, and always at the same frame. */
import { computed, signal } from "../../lib/index.js";

/** How far two that play together may be apart, in frames, before one is set to the other's place. */
const FAR = 6;
const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];

/** What is played, and how it stands. Times in seconds; a frame is counted from 0. */
export class Transport {
  constructor() {
    this.time = signal(0);
    this.duration = signal(0);
    this.playing = signal(false);
    this.rate = signal(1);
    this.loop = signal(false);
    this.fps = signal(0);
    this.failed = signal(false);
    this.frame = computed(() => (this.fps.value ? Math.floor(this.time.value * this.fps.value + 0.01) : 0));
    this.frames = computed(() => Math.round(this.duration.value * this.fps.value));
    this.elements = [];
    this.backwards = 0;
  }

  /**
   * Take these elements in hand.
   * @param {(HTMLMediaElement | null)[]} elements
   * @param {{fps?: number | null, loop?: boolean, duration?: number | null}} facts
   * @returns {() => void} lets go of them
   */
  attach(elements, { fps = 0, loop = false, duration = 0 } = {}) {
    const stop = new AbortController();
    this.elements = elements.filter(Boolean);
    this.fps.value = fps || 0;
    this.loop.value = loop;
    this.duration.value = duration || 0;
    for (const one of this.elements) this.#hear(one, stop.signal);
    this.#draw(stop.signal);
    return () => {
      stop.abort();
      cancelAnimationFrame(this.backwards);
      for (const one of this.elements) one.pause();
      this.elements = [];
      this.playing.value = false;
    };
  }

  /** The longest of them: the others follow it. */
  get leader() {
    return this.elements.reduce((best, one) => ((one.duration || 0) > (best?.duration || 0) ? one : best), this.elements[0]);
  }

  /** @param {number} [rate] negative is backwards */
  async play(rate = 1) {
    this.#still();
    this.rate.value = rate;
    if (rate < 0) return this.#back(rate);
    if (this.duration.value && this.time.value >= this.duration.value - 0.6 / (this.fps.value || 30)) this.seek(0);
    this.playing.value = true;
    for (const one of this.elements) one.playbackRate = rate;
    await Promise.allSettled(this.elements.filter((one) => !over(one)).map((one) => one.play()));
  }

  pause() {
    this.#still();
    for (const one of this.elements) one.pause();
    if (this.playing.value && this.elements.length) this.seek(this.leader.currentTime);
    this.playing.value = false;
  }

  toggle() {
    if (this.playing.value) this.pause();
    else this.play(Math.max(SPEEDS[0], this.rate.value));
  }

  /** The shuttle of an editing desk: each press doubles the speed in its direction. @param {1 | -1} way */
  shuttle(way) {
    const fast = this.playing.value && Math.sign(this.rate.value) === way;
    this.play(way * (fast ? Math.min(4, Math.abs(this.rate.value) * 2) : 1));
  }

  /** Go to a time: to the middle of its frame, so that every element shows the same one. @param {number} time */
  seek(time) {
    const fps = this.fps.value;
    const last = fps ? Math.max(0, this.frames.value - 1) : Infinity;
    const frame = Math.min(last, Math.max(0, Math.floor(time * fps + 0.01)));
    const place = fps ? (frame + 0.5) / fps : Math.min(Math.max(0, time), this.duration.value || Infinity);
    for (const one of this.elements) one.currentTime = Math.min(place, Math.max(0, (one.duration || place) - 0.4 / (fps || 1000)));
    this.time.value = place;
  }

  /** @param {number} frames */
  step(frames) {
    this.pause();
    this.seek((this.frame.value + frames + 0.02) / (this.fps.value || 25));
  }

  /** @param {number} rate */
  setRate(rate) {
    this.rate.value = rate;
    for (const one of this.elements) one.playbackRate = rate;
  }

  #hear(element, stop) {
    const on = (name, does) => element.addEventListener(name, does, { signal: stop });
    on("loadedmetadata", () => {
      this.duration.value = Math.max(...this.elements.map((one) => one.duration || 0));
      this.failed.value = false;
    });
    on("timeupdate", () => this.#look(element, element.currentTime));
    on("seeked", () => this.#look(element, element.currentTime));
    on("error", () => {
      this.failed.value = true;
    });
    // A seek to the last frame may end in this event too, also where nothing is played.
    on("ended", () => element === this.leader && this.playing.value && !this.backwards && this.#ended());
    if (element.readyState >= 1) this.duration.value = Math.max(this.duration.value, element.duration || 0);
    if (element.error) this.failed.value = true;
  }

  #look(element, time) {
    if (element === this.leader && !this.backwards) this.time.value = time;
  }

  #ended() {
    if (!this.loop.value) {
      this.playing.value = false;
      this.seek(this.duration.value);
      return;
    }
    this.seek(0);
    this.play(this.rate.value);
  }

  /** Once for each frame that is shown: where we are, and whether the others are there too. */
  #draw(stop) {
    const again = () => {
      if (stop.aborted) return;
      const leader = this.leader;
      if (leader && this.playing.value && !this.backwards) {
        this.time.value = leader.currentTime;
        this.#follow(leader);
      }
      requestAnimationFrame(again);
    };
    requestAnimationFrame(again);
  }

  #follow(leader) {
    const frame = 1 / (this.fps.value || 30);
    for (const one of this.elements) {
      if (one === leader || over(one) || one.seeking) continue;
      const behind = leader.currentTime - one.currentTime;
      if (Math.abs(behind) > FAR * frame) one.currentTime = leader.currentTime;
      else one.playbackRate = this.rate.value * (1 + Math.max(-0.15, Math.min(0.15, behind * 4)));
      if (one.paused && !leader.paused) one.play().catch(() => {});
    }
  }

  #back(rate) {
    for (const one of this.elements) one.pause();
    this.playing.value = true;
    let before = performance.now();
    let place = this.time.value;
    const again = (now) => {
      place += (rate * (now - before)) / 1000;
      before = now;
      if (!this.elements.some((one) => one.seeking)) this.seek(place);
      if (place <= 0) {
        this.pause();
        this.seek(0); // the last seek may have been left out for one that was under way
      } else this.backwards = requestAnimationFrame(again);
    };
    this.backwards = requestAnimationFrame(again);
  }

  #still() {
    cancelAnimationFrame(this.backwards);
    this.backwards = 0;
    if (this.rate.value < 0) this.rate.value = 1;
  }
}

/** The speeds that can be chosen. */
export { SPEEDS };

/**
 * What the keys of an editing desk do.
 * @param {Transport} transport
 * @param {(key: string) => string} t
 */
export function keysOf(transport, t) {
  const step = (frames) => () => transport.step(frames);
  const second = () => Math.max(1, Math.round(transport.fps.value || 25));
  return {
    space: [(event) => (event.target.closest?.("button, summary, a, [role=slider]") ? false : transport.toggle()), t("player.key.space")],
    j: [() => transport.shuttle(-1), t("player.key.j")],
    k: [() => transport.pause(), t("player.key.k")],
    l: [() => transport.shuttle(1), t("player.key.l")],
    arrowleft: [step(-1), t("player.key.left")],
    arrowright: [step(1), t("player.key.right")],
    "shift+arrowleft": [() => transport.step(-second()), t("player.key.second.left")],
    "shift+arrowright": [() => transport.step(second()), t("player.key.second.right")],
    home: [() => transport.seek(0), t("player.key.home")],
    end: [() => transport.seek(transport.duration.value), t("player.key.end")],
  };
}

function over(element) {
  return element.ended || (element.duration && element.currentTime >= element.duration - 0.005);
}
