/** Take an output further: put it into the form of a capability that has a place for it. */
import { html } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { go } from "../../core/router.js";
import { named } from "../../core/naming.js";
import { t } from "../../core/words.js";
import { Select, toast } from "../../parts/index.js";
import { kindOf } from "../../parts/player/kinds.js";
import { chosen, formOf, values } from "../make/form.js";
import { params } from "../make/schema.js";

const TAKES = {
  image: ["image-to-video", "first-last-frame", "reference-to-video", "multi-shot", "motion-control", "image-to-image", "reference-to-image", "redraw", "mask", "upscale", "caption"],
  video: ["video-continuation", "soundtrack", "video-upscale", "motion-control", "caption", "trim", "concat", "reframe", "mux", "burn-subtitles", "extract-audio", "thumbnail", "animation", "contact-sheet"],
  audio: ["mix", "mux", "trim", "lip-sync"],
};

/** @param {{task: object, at: number}} props `at` is the output that is looked at */
export function UseOutput({ task, at }) {
  const file = task.artifacts[at] ?? task.artifacts[0];
  const capabilities = TAKES[kindOf(file)];
  if (!capabilities) return null;
  const take = (capability) => capability && taken(file, capability).catch(toast);
  return html`<${Select} class="use-output" aria-label=${t("task.use")} value="" options=${[{ value: "", label: t("task.use") }, ...capabilities.map((value) => ({ value, label: named(value) }))]} onChange=${take} />`;
}

async function taken(file, capability) {
  const entry = await get(`/v1/models/${capability}`);
  const all = params(entry.input_schema);
  const place = all.find((one) => one.medium === kindOf(file) && (one.kind === "media" || one.kind === "medias"));
  if (!place) throw new Error(t("task.use.nowhere", { model: entry.id }));
  const input = { [place.name]: place.kind === "medias" ? [file.id] : file.id };
  values(entry.id).value = { ...values(entry.id).value, ...formOf(input, all) };
  chosen.value = entry.id;
  go("/make");
}
