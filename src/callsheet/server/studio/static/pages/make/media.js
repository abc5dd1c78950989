/** Files on their way into a form: what a param takes, what is wrong with one before it is sent, and its upload. */
import { get, upload } from "../../core/api.js";
import { bytes, duration, number } from "../../core/format.js";
import { t } from "../../core/words.js";

/** What is kept in a form of a file that the server has. @param {object} file as the API describes it */
export function keptFile(file) {
  const { id, name, content_type, bytes: size, width, height, duration: length } = file;
  return { file: { id, name, content_type, bytes: size, width, height, duration: length } };
}

/** The image, video or audio that a stored file is; `file` for anything else. @param {string} contentType */
export function kindOf(contentType = "") {
  const [first] = contentType.split("/");
  return ["image", "video", "audio"].includes(first) ? first : "file";
}

/**
 * The `accept` of a file chooser.
 * @param {import("./schema.js").Param} param
 */
export function accepts(param) {
  if (param.media?.content_types?.length) return param.media.content_types.join(",");
  return param.medium === "file" ? undefined : `${param.medium}/*`;
}

/**
 * The limits of a param in words: `PNG, JPEG · up to 20 MB · sides 300 to 1280 px`.
 * @param {import("./schema.js").Param} param
 */
export function limits(param) {
  const media = param.media ?? {};
  const said = [media.formats?.map((one) => one.toUpperCase()).join(", ")];
  if (media.max_bytes) said.push(t("media.bytes", { size: bytes(media.max_bytes) }));
  if (media.max_pixels && !media.max_side) said.push(t("media.pixels", { count: number(media.max_pixels / 1e6) }));
  said.push(between("media.side", media.min_side, media.max_side, number));
  said.push(between("media.ratio", media.min_ratio, media.max_ratio, (one) => number(one, { maximumFractionDigits: 2 })));
  said.push(between("media.duration", media.min_duration, media.max_duration, duration));
  return said.filter(Boolean).join(" · ");
}

/**
 * What is wrong with a file before it is sent; null where nothing is. The server looks closer.
 * @param {File | Blob} file
 * @param {import("./schema.js").Param} param
 */
export function refused(file, param) {
  const { max_bytes: most, content_types: types = [] } = param.media ?? {};
  if (most && file.size > most) return t("media.large", { size: bytes(file.size), most: bytes(most) });
  const other = param.medium !== "file" && file.type && kindOf(file.type) !== param.medium;
  const unlisted = types.length && file.type && !types.includes(file.type) && !/^(audio|video)\//.test(file.type);
  return other || unlisted ? t("media.type", { type: file.type || "?", types: types.join(", ") || `${param.medium}/*` }) : null;
}

/**
 * What is wrong with the measures of a stored file; null where nothing is, or they are not known.
 * @param {{width?: number, height?: number, duration?: number}} file
 * @param {import("./schema.js").Param} param
 */
export function unfit(file, param) {
  const media = param.media ?? {};
  const { width, height, duration: length } = file;
  if (width && height) {
    const ratio = width / height;
    const sides = [Math.min(width, height), Math.max(width, height)];
    const wrong =
      sides[0] < (media.min_side ?? 0) ||
      sides[1] > (media.max_side ?? Infinity) ||
      width * height > (media.max_pixels ?? Infinity) ||
      ratio < (media.min_ratio ?? 0) ||
      ratio > (media.max_ratio ?? Infinity);
    if (wrong) return t("media.unfit", { size: `${width} × ${height}` });
  }
  const short = length != null && (length < (media.min_duration ?? 0) || length > (media.max_duration ?? Infinity));
  return short ? t("media.length", { length: duration(length) }) : null;
}

/**
 * Store a file and give what a form keeps of it.
 * @param {File | Blob} file
 * @param {(share: number) => void} onProgress
 * @param {string} [name]
 */
export async function stored(file, onProgress, name) {
  return keptFile(await upload(file, onProgress, name ? { name } : {}));
}

const addresses = new Map();

/**
 * The address under which a stored file can be shown. A signed one is asked for, as a form keeps only the id.
 * @param {string} id
 * @returns {Promise<object>} the file as the API describes it
 */
export function described(id) {
  if (!addresses.has(id)) {
    const asked = get(`/v1/files/${id}`);
    asked.catch(() => addresses.delete(id));
    addresses.set(id, asked);
  }
  return addresses.get(id);
}

function between(key, least, most, said) {
  if (least == null && most == null) return "";
  if (least == null) return t(`${key}.most`, { most: said(most) });
  return most == null ? t(`${key}.least`, { least: said(least) }) : t(key, { least: said(least), most: said(most) });
}
