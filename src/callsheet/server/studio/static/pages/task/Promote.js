/** Make it for real: the same input at a vendor, its price said before, and one task made by one press. */
import { html, useEffect, useMemo, useState } from "../../lib/index.js";
import { useAsked } from "../../core/asking.js";
import { Link, go } from "../../core/router.js";
import { basisOf } from "../../core/telling.js";
import { t } from "../../core/words.js";
import { Button, Credits, Dialog, ErrorBox, Spinner, toast } from "../../parts/index.js";
import { again } from "../takes/doing.js";
import { candidates, offers, settings } from "./fitting.js";

/** @param {{task: object, onClose: () => void}} props */
export function Promote({ task, onClose }) {
  const { found, waiting, error } = useOffers(task);
  const [chosen, choose] = useState(null);
  const [busy, setBusy] = useState(false);
  // One key for as long as the dialog is open: pressed twice, or sent again after a lost answer, it makes one task.
  const key = useMemo(() => `studio-promote-${task.id}-${crypto.randomUUID?.() ?? Math.random()}`, []);
  const offer = found.find((one) => one.model === chosen);
  const make = async () => {
    setBusy(true);
    try {
      const made = await again(task, `${key}-${offer.model}`, { model: offer.model, input: offer.input, stage: offer.model, label: "promoted_from" });
      toast(t("task.promoted"), { kind: "good" });
      onClose();
      go(`/takes/${made.id}`);
    } catch (problem) {
      toast(problem);
      setBusy(false);
    }
  };
  const actions = html`<${Button} onClick=${onClose}>${t("takes.leave")}<//>
    <${Button} kind="main" icon="promote" busy=${busy} disabled=${!offer} onClick=${make}>${offer?.quote.credits != null ? t("task.promote.for", { credits: offer.quote.credits }) : t("task.promote.do")}<//>`;
  return html`<${Dialog} title=${t("task.promote")} wide onClose=${onClose} actions=${actions}>
    <p>${t("task.promote.why")}</p>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${!error && !waiting && !found.length && html`<${Nobody} task=${task} />`}
    <div class="offers" role="radiogroup" aria-label=${t("task.promote.models")}>
      ${found.map((one) => html`<${Offer} key=${one.model} offer=${one} task=${task} chosen=${chosen === one.model} onChoose=${() => choose(one.model)} />`)}
    </div>
    ${waiting && html`<p><${Spinner} label=${t("task.promote.asking")} /></p>`}
  <//>`;
}

/** What is to be set up, where no vendor could make it. */
function Nobody({ task }) {
  const { data: names } = useAsked(() => settings(task), [task.id]);
  if (!names) return null;
  return html`<p class="soft">${names.length ? t("task.promote.none", { settings: names.join(t("task.or")) }) : t("task.promote.nobody")}</p>`;
}

function Offer({ offer, task, chosen, onChoose }) {
  const { model, quote, lost, error } = offer;
  const own = model === task.model;
  return html`<label class="offer ${error ? "refused" : ""}">
    <input type="radio" name="offer" value=${model} checked=${chosen} disabled=${Boolean(error)} onChange=${onChoose} />
    <span class="mono">${model}${own && html` <span class="soft">${t("task.promote.asked")}</span>`}</span>
    ${quote
      ? html`<span class="offer-price"><${Credits} value=${quote.credits} /></span>`
      : html`<${Link} class="button small" to=${`/make?${new URLSearchParams({ task: task.id, model, stage: model })}`}>${t("task.edit")}<//>`}
    <span class="offer-said soft">
      ${error ? `${error.message} ${error.hint ?? ""}` : basisOf(quote)}
      ${!error && lost.length > 0 && html`<b class="lost">${t("task.promote.lost", { params: lost.join(", ") })}</b>`}
    </span>
  </label>`;
}

function useOffers(task) {
  const [found, setFound] = useState([]);
  const [waiting, setWaiting] = useState(true);
  const [error, setError] = useState(null);
  useEffect(() => {
    const stop = new AbortController();
    const tell = (one) => !stop.signal.aborted && setFound((before) => sorted([...before, one], task));
    candidates(task)
      .then((models) => offers(task, models, tell, stop.signal))
      .then(() => setWaiting(false))
      .catch((problem) => problem.name !== "AbortError" && (setError(problem), setWaiting(false)));
    return () => stop.abort();
  }, [task.id]);
  return { found, waiting, error };
}

/** The one that was asked for, then those that lose nothing, by price; what cannot be done comes last. */
function sorted(found, task) {
  const rank = (one) => [one.error ? 1 : 0, one.model === task.model ? 0 : 1, one.lost.length, one.quote?.credits ?? 1e9];
  return found.sort((one, other) => {
    const [first, second] = [rank(one), rank(other)];
    const at = first.findIndex((value, index) => value !== second[index]);
    return at < 0 ? 0 : first[at] - second[at];
  });
}
