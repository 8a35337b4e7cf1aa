import {
  type StoredConfiguration,
  type Written,
  writeChanges,
} from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Comparison } from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import type { ItemChange } from "@email-agent/shared/domain/configuration/itemChange.ts";
import { wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { ItemEffect } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { type AffectedOrder, type AffectedPorts, affectedOrders, resetOrders, resetsOf } from "./affectedOrders.ts";
import { settleResets } from "./settleResets.ts";

interface ImportedChanges extends Written {
  /** Work orders that were set back. */
  readonly reset: readonly ItemEffect[];
  /** Those that were not, because a step works. */
  readonly notReset: readonly ItemEffect[];
}

/** The work orders that the changes of a comparison make stale, each with the change that does. */
export function ordersOfComparison(
  ports: AffectedPorts,
  stored: StoredConfiguration,
  { changes }: Comparison,
): Promise<AffectedOrder[]> {
  const whole = changes.map(({ kind, key, after }) => {
    const before = stored[kind].get(key)?.fields;
    return {
      ...{ kind, key },
      before: before && wholeItem(kind, key, before),
      after: after && wholeItem(kind, key, after),
    };
  });
  return affectedOrders(ports, stored, whole);
}

/**
 * Writes the changes of a comparison and sets back the work orders that they make stale: before the writes, as each save does, and
 * after them for the items that were written. `affected`: from ordersOfComparison.
 */
export async function writeComparison(
  ports: AffectedPorts & Pick<Manager, "configStore" | "pendingResets">,
  user: Pick<User, "id">,
  stored: StoredConfiguration,
  { changes }: Comparison,
  affected: readonly AffectedOrder[],
): Promise<ImportedChanges> {
  await resetOrders(ports, user, affected);
  const { configStore, clock } = ports;
  const resets = ({ kind, key }: Pick<ItemChange, "kind" | "key">) => resetsOf(affected, kind, key);
  const written = await writeChanges(configStore, stored, changes, { by: user.id, clock, resets });
  const left = eachOnce(await settleResets(ports, user, affected, written.written));
  const isLeft = new Set(left.map(({ address }) => address));
  return { ...written, reset: eachOnce(affected).filter(({ address }) => !isLeft.has(address)), notReset: left };
}

/** Each order once, with all of its steps, as pages show it. */
export function eachOnce(effects: readonly ItemEffect[]): ItemEffect[] {
  const byAddress = new Map<string, ItemEffect>();
  for (const { title, address, steps, busy } of effects) {
    const all = new Set([...(byAddress.get(address)?.steps ?? []), ...steps]);
    byAddress.set(address, { title, address, steps: stepNames.filter((name) => all.has(name)), busy });
  }
  return [...byAddress.values()];
}
