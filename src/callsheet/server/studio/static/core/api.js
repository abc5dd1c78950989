/** The public API under /v1, and nothing else: JSON in and out, uploads with progress, one error for all that fails. */
import { told } from "./refusing.js";
import { root } from "./router.js";

const OURS = { "x-callsheet-studio": "1" };

/** For how many milliseconds an address has to hold yet to be used again. */
const HOLDS = 600_000;

/**
 * What a request that failed says: the fields of the server's error, `message` and `hint` in the language shown.
 * `status` 0 means that it was not reached.
 */
export class ApiError extends Error {
  constructor({ status = 0, code = "unreachable", param = null, line = null, requestId = null, retryAfter = null, ...said }) {
    super();
    this.name = "ApiError";
    Object.assign(this, { status, code, param, line, requestId, retryAfter, said });
  }

  get message() {
    return told({ code: this.code, ...this.said }).message;
  }

  get hint() {
    return told({ code: this.code, ...this.said }).hint;
  }
}

/** Called with every ApiError of status 401, so that the shell can ask for a key. */
export const onSignedOut = new Set();

/**
 * @param {string} path such as `/v1/tasks`
 * @param {{query?: Record<string, unknown>, signal?: AbortSignal}} [how] parts of the query that are null, undefined or
 *   empty are left out; a list is sent as the same name several times
 */
export function get(path, { query, signal } = {}) {
  return call("GET", path + search(query), { signal });
}

/**
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {{headers?: Record<string, string>, signal?: AbortSignal}} [how]
 */
export function post(path, body, how = {}) {
  return call("POST", path, { ...how, body });
}

/** @param {string} path @param {unknown} body @param {{signal?: AbortSignal}} [how] */
export function patch(path, body, how = {}) {
  return call("PATCH", path, { ...how, body });
}

/** @param {string} path @param {{signal?: AbortSignal}} [how] */
export function del(path, how = {}) {
  return call("DELETE", path, how);
}

/**
 * Store a file.
 * @param {File | Blob} file
 * @param {(share: number) => void} [onProgress] from 0 to 1
 * @param {{name?: string, signal?: AbortSignal}} [how] its name, where it is no File
 * @returns {Promise<object>} the file as the API describes it
 */
export function upload(file, onProgress = () => {}, { name = file.name ?? "picture.png", signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${root}/v1/files${search({ name })}`);
    for (const [header, value] of Object.entries(OURS)) request.setRequestHeader(header, value);
    if (file.type) request.setRequestHeader("content-type", file.type);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(new ApiError({}));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

const addresses = new Map();

/**
 * The address of a file's bytes as this page may load it: the signed `url` of an artifact or a file, from this origin.
 * Each answer signs it anew; what is shown keeps its first address for as long as that holds, and is not loaded again.
 * @param {{id: string, url: string}} file
 */
export function media(file) {
  const { pathname, search: query, searchParams } = new URL(file.url, location.href);
  if (!pathname.includes("/v1/")) return file.url;
  const known = addresses.get(file.id);
  if (known && known.until > Date.now() + HOLDS) return known.address;
  const address = root + pathname.slice(pathname.indexOf("/v1/")) + query;
  addresses.set(file.id, { address, until: Number(searchParams.get("expires")) * 1000 });
  return address;
}

/**
 * All that happens to a task: what did already, then live, up to its end. Several watchers of a task share one stream.
 * @param {string} taskId
 * @param {(event: {seq: number, type: string, at: string, data: object}) => void} onEvent
 * @param {(error: ApiError) => void} [onError] called once, when it cannot be watched (it is gone, or the key is)
 * @returns {() => void} stops watching
 */
export { watch } from "./watching.js";

/**
 * One request; what it answers, read. Also of addresses that are no part of /v1.
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, raw?: boolean}} [how] `raw` gives
 *   the Response itself
 */
export async function call(method, path, { body, headers = {}, signal, raw = false } = {}) {
  const sent = body === undefined ? {} : { "content-type": "application/json" };
  let response;
  try {
    response = await fetch(root + path, {
      method,
      headers: { ...OURS, ...sent, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError({});
  }
  if (!response.ok) throw failed(response.status, await response.text(), (name) => response.headers.get(name));
  return raw ? response : read(await response.text());
}

function settle(request, resolve, reject) {
  if (request.status < 300) resolve(read(request.responseText));
  else reject(failed(request.status, request.responseText, (name) => request.getResponseHeader(name)));
}

function failed(status, text, header) {
  const said = read(text)?.error ?? { message: `The server answered ${status}.` };
  const retryAfter = Number(header("retry-after")) || null;
  const error = new ApiError({ status, ...said, requestId: said.request_id ?? header("x-request-id"), retryAfter });
  if (status === 401) for (const hear of onSignedOut) hear(error);
  return error;
}

function read(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function search(query = {}) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one != null && one !== "") found.append(name, one);
  }
  return found.size ? `?${found}` : "";
}
