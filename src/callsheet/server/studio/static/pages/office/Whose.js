/** Which account is looked at: for the operator. */
import { html } from "../../lib/index.js";
import { get } from "../../core/api.js";
import { useAsked } from "../../core/asking.js";
import { t } from "../../core/words.js";
import { Select } from "../../parts/index.js";
import { session } from "../../shell/session.js";

/** @param {{account: string, onChange: (account: string) => void}} props */
export function Whose({ account, onChange }) {
  const { data } = useAsked((signal) => get("/v1/ledger/accounts", { signal }));
  const { data: keys } = useAsked((signal) => get("/v1/keys", { signal }));
  const known = [...(data?.data ?? []), ...(keys?.data ?? [])].map((one) => one.account);
  const names = [...new Set([session.value.account, account, ...known])];
  const options = names.map((one) => ({ value: one, label: one === session.value.account ? t("office.mine", { account: one }) : one }));
  return html`<label class="filter"><span>${t("office.account")}</span><${Select} value=${account} options=${options} onChange=${onChange} /></label>`;
}
