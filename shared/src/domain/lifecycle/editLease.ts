import { epochMilliseconds, instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { Condition, OrderWrite } from "./orderWrite.ts";
import { sameValue } from "./runWrites.ts";

/** An edit lease lasts this long, and is renewed each minute by the page that has the form open. */
const editLeaseMilliseconds = 600_000;

type Lease = NonNullable<WorkOrder["editLease"]>;

/** The edit lease, if it is still valid. */
export function validLease(order: Pick<WorkOrder, "editLease">, now: number): Lease | undefined {
  const { editLease } = order;
  return editLease && epochMilliseconds(editLease.expiresAt) > now ? editLease : undefined;
}

/** No one edits while a step works; a sleeping Send has no run lease. */
const nothingWorks: Condition = { path: ["runLease"], exists: false };
const underToken = (token: string): Condition => ({ path: ["editLease", "token"], equals: token });

/**
 * Gives the lease to a user, in place of the one that was seen (none, expired, or taken over). Not while a command waits
 * to be judged: a confirmed start would be rejected because of the lease.
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
 * Extends the lease. One that expired while no one took it is valid again: its token is unchanged, so no one has saved
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
