import { createPrivateKey } from "node:crypto";
import { type Account, accountSchema } from "@email-agent/shared/domain/account.ts";
import { isRateAccepted, judgeReturnRate, systemPauser } from "@email-agent/shared/domain/bounces/returnRate.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { dkimName, dkimRecordText, txtStrings } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { usedInWindow, windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { recoveredAt, type SlowedGroup, slowedRate } from "@email-agent/shared/domain/delivery/receiverSlowing.ts";
import { quotaAt, warmUpDay } from "@email-agent/shared/domain/delivery/warmUp.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { AccountState, ShownKey } from "../../../api/account.ts";
import type { Manager } from "../../manager.ts";
import { userNames } from "../../sending/userNames.ts";
import { noAccount } from "./changeAccount.ts";

type Ports = Pick<
  Manager,
  "configStore" | "configTable" | "quota" | "slowedGroups" | "returnRates" | "orders" | "clock" | "config"
>;

/** Use of the last 24 hours, a pause by hand, who sends with it, and its DKIM keys without their private halves. */
export async function readAccountState(manager: Ports, user: User, name: string): Promise<AccountState> {
  const { configStore, quota, clock, config } = manager;
  const now = clock.now();
  const stored = await configStore.get("account", name);
  if (!stored) throw noAccount(name);
  const read = accountSchema.safeParse({ ...stored.fields, name });
  if (!read.success)
    throw new AppError("bad-item", `The account ${name} does not fit: correct the fields that its form marks.`);
  const { paused, dkim, dkimNext, dkimRecords, fromAddress } = read.data;
  const [buckets, returned, slowed, senders, nameOf] = await Promise.all([
    quota.bucketsSince(name, windowStart(now)),
    manager.returnRates.lately(name),
    manager.slowedGroups.list(name, now),
    sendingNow(manager, name),
    userNames(manager, [paused?.by, read.data.bounceRateAccepted?.by]),
  ]);
  const used = usedInWindow(buckets, now);
  const quotaPer24h = quotaAt(read.data, now);
  const day = warmUpDay(read.data, now);
  const visible = senders.filter(({ eventCode }) => maySee(user, eventCode));
  const from = fromAddress || config.EMAIL_FROM;
  return {
    ...{ used, quotaPer24h, remaining: Math.max(0, quotaPer24h - used) },
    ...(day !== undefined && {
      warmUp: { day, days: read.data.warmUp?.days ?? [], quotaAfter: read.data.quotaPer24h },
    }),
    ...(paused && { paused: shownPause(paused, nameOf) }),
    returned: { ...returned, verdict: judgeReturnRate(returned).verdict },
    ...(isRateAccepted(read.data, now) && { returnAccepted: shownAcceptance(read.data.bounceRateAccepted, nameOf) }),
    slowed: slowed.flatMap((one) => shownSlowed(one, now) ?? []),
    sending: visible.map(({ id, eventCode, subEvent, stage }) => ({
      id,
      title: `${eventCode}, ${subEvent}, ${stage}`,
    })),
    otherSends: senders.length - visible.length,
    ...(dkim && { dkim: shownKey(dkim, dkimRecords) }),
    ...(dkimNext && { dkimNext: shownKey(dkimNext, dkimRecords) }),
    fromDomain: domainOf(from),
  };
}

function shownSlowed(slowed: SlowedGroup, now: number): AccountState["slowed"][number] | undefined {
  const rate = slowedRate(slowed, now);
  if (!rate) return undefined;
  const { perSecond, raisedAt } = rate;
  return { group: slowed.group, perSecond, raisedAt: instant(raisedAt), asBeforeAt: instant(recoveredAt(slowed)) };
}

type NameOf = (id: string) => string;

function shownPause({ by, at, reason }: NonNullable<Account["paused"]>, nameOf: NameOf): AccountState["paused"] {
  const isOurs = by === systemPauser;
  return { at, reason, by: isOurs ? "Email-Agent" : nameOf(by), ...(isOurs && { forReturnedMail: true }) };
}

function shownAcceptance(accepted: Account["bounceRateAccepted"], nameOf: NameOf): AccountState["returnAccepted"] {
  return accepted && { ...accepted, by: nameOf(accepted.by) };
}

async function sendingNow({ orders }: Ports, account: string) {
  const ids: string[] = [];
  for await (const { id } of orders.runsIn("working")) ids.push(id);
  const all = await Promise.all(ids.map((id) => orders.get(id)));
  return all.flatMap((order) =>
    order && order.account === account && order.steps.Send.status === "working" ? [order] : [],
  );
}

interface StoredKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey?: string | undefined;
}

function shownKey({ domain, selector, privateKey }: StoredKey, records: Readonly<Record<string, string>>): ShownKey {
  const name = dkimName({ domain, selector });
  const value = records[name] ?? derived(privateKey);
  return { domain, selector, ...(value && { record: { name, value, strings: txtStrings(value) } }) };
}

/** The record of a key that was entered by hand into Config; undefined if it cannot be read, which the check says. */
function derived(privateKey: string | undefined): string | undefined {
  if (privateKey === undefined) return undefined;
  try {
    return dkimRecordText(createPrivateKey(privateKey));
  } catch {
    return undefined;
  }
}
