import type { User } from "@email-agent/shared/domain/configItems.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { ItemEffect } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { type AffectedOrder, type AffectedPorts, resetOrder, resetOrders, resetsOf } from "./affectedOrders.ts";

type Ports = AffectedPorts & Pick<Manager, "pendingResets">;

/** A change that was written, with the id under which its orders are stored. */
interface WrittenChange {
  readonly kind: AffectedOrder["change"]["kind"];
  readonly key: string;
  readonly id: string;
}

/**
 * After changes were written: sets their orders back once more, for results that came in between, and then strikes them off the list
 * of what is to be done. Returns those that could not be reset, because a step works: the user learns of them.
 */
export async function settleResets(
  ports: Ports,
  user: Pick<User, "id">,
  affected: readonly AffectedOrder[],
  written: readonly WrittenChange[],
): Promise<ItemEffect[]> {
  const left = await resetOrders(ports, user, affected);
  for (const { kind, key, id } of written)
    await ports.pendingResets.changeDone(id, resetsOf(affected, kind, key).length);
  return left;
}

/** Longer than a save takes. One that is slower sets orders back as well, which does no harm. */
const saveMilliseconds = 60_000;
/** By which the clocks of two processes may differ, and more. */
const clockMilliseconds = 5_000;

/**
 * Does what saves have left whose process ended: sets back the results of runs that began before the change was written. While a
 * step of an order works, the next round goes on. Harmless in several processes at once.
 */
export async function finishResets(
  ports: Pick<Ports, "orders" | "clock" | "pendingResets">,
  signal: AbortSignal,
): Promise<void> {
  const before = ports.clock.now() - saveMilliseconds;
  for await (const page of ports.pendingResets.pages())
    for (const { id, at, by, kind, key, orders } of page) {
      const changedAt = epochMilliseconds(at);
      if (changedAt > before) continue;
      const begunBefore = instant(changedAt + clockMilliseconds);
      let isDone = true;
      for (const order of orders) {
        signal.throwIfAborted();
        if (!(await resetOrder(ports, { id: by }, { ...order, change: { kind, key } }, begunBefore))) isDone = false;
      }
      if (isDone) await ports.pendingResets.done(id);
    }
}
