import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { NoticeRequest } from "@email-agent/shared/domain/notices/notice.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";

/**
 * The accounts that may send a notice now, in the order in which they are tried: that of the settings, that of the work order,
 * then every other one that its event may use. None that is switched off or paused, by hand or by the senders.
 */
export async function noticeAccounts(
  {
    config,
    limiter,
  }: { readonly config: Pick<ConfigTable, "accounts">; readonly limiter: Pick<AccountLimiter, "pause"> },
  { account: ownName, eventCode }: Pick<NoticeRequest, "account" | "eventCode">,
  { account: chosenName }: Settings["notices"],
): Promise<Account[]> {
  const isFirst = ({ name }: Account) => name === chosenName;
  const place = (account: Account) => (isFirst(account) ? 0 : account.name === ownName ? 1 : 2);
  const allowed = (await config.accounts())
    .filter(({ enabled, paused }) => enabled && !paused)
    .filter((account) => isFirst(account) || account.events.length === 0 || account.events.includes(eventCode))
    .sort((one, other) => place(one) - place(other) || (one.name < other.name ? -1 : 1));
  const open: Account[] = [];
  for (const account of allowed) if (!(await limiter.pause(account))) open.push(account);
  return open;
}
