import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { Options } from "../../api/orders.ts";

type Account = Options["accounts"][number];

/** Rate limit and quota of an account: `about 250 a second, 200,000 a day`. */
export function limitWords({ ratePerSecond, quotaPer24h }: Pick<Account, "ratePerSecond" | "quotaPer24h">): string {
  return `${paceWords(ratePerSecond)}, ${count(quotaPer24h)} a day`;
}

function paceWords(perSecond: number): string {
  if (perSecond >= 1) return `about ${count(Math.round(perSecond))} a second`;
  const perMinute = perSecond * 60;
  if (perMinute >= 1) return `about ${count(Math.round(perMinute))} a minute`;
  return `about ${count(Math.max(1, Math.round(perMinute * 60)))} an hour`;
}
