import { epochMilliseconds, instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { Condition, OrderWrite } from "./orderWrite.ts";
import { sameValue } from "./runWrites.ts";

/** An edit lease lives this long, and is renewed each minute by the page that has the form open. */
const editLeaseMilliseconds = 600_000;

type Lease = NonNullable<WorkOrder["editLease"]>;

/** The edit lease, if it is still valid. */
export function validLease(order: Pick<WorkOrder, "editLease">, now: number): Lease | undefined {
  const { editLease } = order;
  return editLease && epochMilliseconds(editLease.expiresAt) > now ? editLease : undefined;
}

/** Nobody edits while a step works; a sleeping Send has no run lease. */
const nothingWorks: Condition = { path: ["runLease"], exists: false };
const underToken = (token: string): Condition => ({ path: ["editLease", "token"], equals: token });

/**
 * Gives the lease to a user, in place of the one that was seen (none, expired, or taken over). Not while a command waits
 * for its judgement: a start that was confirmed would be rejected because somebody edits.
 */
export function takeLease(
  order: Pick<WorkOrder, "editLease">,
  lease: Pick<Lease, "userId" | "token">,
  now: number,
): OrderWrite {
  return {
    set: [[["editLease"], { ...lease, expiresAt: instant(now + editLeaseMilliseconds) }]],
    remove: [],
    when: [
      nothingWorks,
      { path: ["pendingCommandAt"], exists: false },
      sameValue(["editLease", "token"], order.editLease?.token),
    ],
  };
}

/**
 * Prolongs the lease. One that expired while nobody took it is alive again: its token still stands, so nobody has saved
 * since.
 */
export function renewLease(token: string, now: number): OrderWrite {
  return {
    set: [[["editLease", "expiresAt"], instant(now + editLeaseMilliseconds)]],
    remove: [],
    when: [nothingWorks, underToken(token)],
  };
}

/** Ends the lease, alone or in the write of a save, which is thereby conditional on it. */
export function endLease(token: string): OrderWrite {
  return { set: [], remove: [["editLease"]], when: [underToken(token)] };
}
