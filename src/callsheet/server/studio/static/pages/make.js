/** Not built yet. */
import { html } from "../lib/index.js";
import { Empty } from "../parts/index.js";

export default function Page() {
  return html`<${Empty} title="Not built yet" />`;
}
