/** The shape of a sound: fetched and decoded once, kept as so many peaks, and drawn in the page's colours. */
import { media } from "../../core/api.js";

/** Peaks of one sound: more than a screen has pixels, less than a screen of memory. */
const PEAKS = 1600;
const RATE = 8000;
const MOST = 200_000_000;
const KEPT = 40;

const known = new Map();

/**
 * The wave of a sound: for each of so many parts its lowest and highest sample, and how loud the whole is.
 * @param {{id: string, sha256: string, bytes: number, url: string}} file
 * @returns {Promise<{low: Float32Array, high: Float32Array, loudness: number}>} loudness as RMS in decibels
 */
export function wave(file) {
  if (!known.has(file.sha256)) {
    const coming = decoded(file);
    coming.catch(() => known.delete(file.sha256));
    known.set(file.sha256, coming);
    if (known.size > KEPT) known.delete(known.keys().next().value);
  }
  return known.get(file.sha256);
}

async function decoded(file) {
  if (file.bytes > MOST) throw new Error("too large to be drawn");
  const response = await fetch(media(file));
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  // A context of a low rate decodes to that rate: a quarter of an hour stays below sixty megabytes.
  const buffer = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await response.arrayBuffer());
  return peaks(buffer);
}

function peaks(buffer) {
  const low = new Float32Array(PEAKS);
  const high = new Float32Array(PEAKS);
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, at) => buffer.getChannelData(at));
  let power = 0;
  for (let at = 0; at < PEAKS; at += 1) {
    const from = Math.floor((at * buffer.length) / PEAKS);
    const to = Math.max(from + 1, Math.floor(((at + 1) * buffer.length) / PEAKS));
    for (const samples of channels) {
      for (let index = from; index < to && index < samples.length; index += 1) {
        const value = samples[index];
        if (value < low[at]) low[at] = value;
        if (value > high[at]) high[at] = value;
        power += value * value;
      }
    }
  }
  const mean = power / Math.max(1, buffer.length * channels.length);
  return { low, high, loudness: 10 * Math.log10(mean + 1e-10) };
}

/**
 * Draw a wave, what was played in the accent's colour.
 * @param {HTMLCanvasElement} canvas
 * @param {{low: Float32Array, high: Float32Array}} shape
 * @param {number} share how much was played, 0 to 1
 */
export function draw(canvas, { low, high }, share) {
  const scale = devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(canvas.clientHeight * scale));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const colours = getComputedStyle(canvas);
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  const step = Math.max(2, Math.round(3 * scale));
  const loudest = Math.max(0.05, ...high, ...low.map((one) => -one));
  for (let x = 0; x < width; x += step) {
    const [from, to] = [Math.floor((x / width) * PEAKS), Math.max(1, Math.ceil(((x + step) / width) * PEAKS))];
    const top = Math.max(...high.subarray(from, to), 0) / loudest;
    const bottom = Math.min(...low.subarray(from, to), 0) / loudest;
    pen.fillStyle = x / width < share ? colours.color : colours.caretColor;
    const [y, tall] = [(height / 2) * (1 - top), (height / 2) * (top - bottom)];
    pen.fillRect(x, y, Math.max(1, step - Math.round(scale)), Math.max(scale, tall));
  }
}
