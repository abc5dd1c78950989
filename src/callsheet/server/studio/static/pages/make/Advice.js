/** What the guidance on prompts says of what was written, a moment after the last word; it never stands in the way. */
import { html, useEffect, useState } from "../../lib/index.js";
import { post } from "../../core/api.js";
import { lang, t } from "../../core/words.js";

const AFTER = 900;
const LEAST = 3;

/** @param {{model: string, text?: string, input: object}} props `input` is what else is given */
export function Advice({ model, text = "", input }) {
  const [findings, setFindings] = useState([]);
  const asked = JSON.stringify({ text, model, input, language: lang.value });
  const enough = text.trim().length >= LEAST;
  useEffect(() => {
    if (!enough) return setFindings([]);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post("/v1/prompts/check", JSON.parse(asked), { signal: stop.signal }).then(
        (said) => setFindings(said.findings),
        () => {}, // advice that cannot be had is none
      );
    }, AFTER);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, enough]);
  if (!findings.length) return null;
  return html`<details class="advice">
    <summary>${t("make.advice", { count: findings.length })}</summary>
    <ul>
      ${findings.map((one) => html`<li key="${one.rule} ${one.start}" class=${one.severity}>${one.reason} <span class="soft">${one.suggestion}</span></li>`)}
    </ul>
  </details>`;
}
