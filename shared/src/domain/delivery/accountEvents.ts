import type { Account } from "../account.ts";

/** True if orders of an event may use an account: it names no events, or this one among them. */
export function mayServe({ events }: Pick<Account, "events">, eventCode: string): boolean {
  return events.length === 0 || events.includes(eventCode);
}

/** Why orders of an event may not use an account, with the repair; undefined if they may. */
export function accountEventFault(account: Pick<Account, "name" | "events">, eventCode: string): string | undefined {
  if (mayServe(account, eventCode)) return undefined;
  // The other events are not named: who reads this may have no access to them.
  return `The account "${account.name}" may not be used for mailings of ${eventCode}. Choose another account, or let an administrator add the event to it.`;
}
