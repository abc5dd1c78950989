/** Asks for a key: as a whole page where nothing else may be seen, or in a dialog. */
import { html, useRef, useState } from "../lib/index.js";
import { t } from "../core/words.js";
import { Button } from "../parts/Button.js";
import { Field } from "../parts/Field.js";
import { signIn } from "./session.js";

/** @param {{onDone?: () => void}} props */
export function SignIn({ onDone = () => {} }) {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const input = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    const key = input.current.value.trim();
    if (!key) return input.current.focus();
    setBusy(true);
    setError(null);
    try {
      await signIn(key);
      onDone();
    } catch (failure) {
      setError(failure);
      input.current.select();
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="sign-in" onSubmit=${submit}>
    <${Field} label=${t("shell.key")} hint=${t("shell.key.hint")} error=${error && [error.message, error.hint].filter(Boolean).join(" ")}>
      ${(rest) => html`<input ref=${input} type="password" name="key" autocomplete="current-password" spellcheck="false" autofocus ...${rest} />`}
    <//>
    <${Button} kind="main" type="submit" busy=${busy}>${t("shell.signin")}<//>
  </form>`;
}
