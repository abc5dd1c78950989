/** Who is signed in: asked once, and again whenever the server says that a key is needed. */
import { signal } from "../lib/index.js";
import { ApiError, call, onSignedOut } from "../core/api.js";

/**
 * What the server says of this browser: whether keys exist (`guarded`), and who it takes us for; null until it is known.
 * `account` is null where a key is needed and none is there.
 * @type {import("../lib/index.js").Signal<null | {guarded: boolean, account: string | null, operator: boolean, name: string | null, key: string | null, signed_in: boolean, expires_at: string | null}>}
 */
export const session = signal(null);

/** Why the session could not be asked for, if so. @type {import("../lib/index.js").Signal<ApiError | null>} */
export const trouble = signal(null);

/** Ask who we are. */
export async function look() {
  try {
    trouble.value = null;
    session.value = await call("GET", "/studio/session");
  } catch (error) {
    trouble.value = error;
  }
}

/**
 * Sign in. The key goes to the server once and is kept nowhere; what is kept is a cookie that no script can read.
 * @param {string} key an API key or the operator's token
 */
export async function signIn(key) {
  await call("POST", "/studio/session", { body: { key } });
  await look();
}

/** Sign out: the cookie is gone. */
export async function signOut() {
  await call("DELETE", "/studio/session");
  await look();
}

onSignedOut.add(() => {
  if (session.peek()?.account) look();
});
