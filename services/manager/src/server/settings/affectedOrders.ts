import type { OrderReset } from "@email-agent/shared/adapters/pendingResets.ts";
import { configurationOf, type StoredConfiguration } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { Prompt, User } from "@email-agent/shared/domain/configItems.ts";
import type { ItemChange } from "@email-agent/shared/domain/configuration/itemChange.ts";
import { type ConfigKind, keyParts, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { staleSteps } from "@email-agent/shared/domain/configuration/orderEffects.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { settingsResetWrite, workingStep } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { ItemEffect } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { orderInsertsPrompt } from "./promptUses.ts";

export type AffectedPorts = Pick<Manager, "orders" | "contentWords" | "reportBadItem" | "clock">;

/** An order whose steps have results that a change makes stale. */
export interface AffectedOrder extends ItemEffect {
  readonly id: string;
  readonly steps: readonly StepName[];
  readonly change: ItemChange;
}

/** Optimistic locking: a reset that another write overtakes is tried this often. */
const tries = 5;

/**
 * The orders whose Count, Prepare, Dry-Run or Test has a result that these changes make stale: not archived, and Send has not
 * begun, though it may be scheduled. An order that was sent, sends, sleeps or was stopped within Send is left as it is: it goes on with what holds.
 */
export async function affectedOrders(
  ports: AffectedPorts,
  stored: StoredConfiguration,
  changes: readonly ItemChange[],
): Promise<AffectedOrder[]> {
  const found: AffectedOrder[] = [];
  const configuration = configurationOf(stored);
  for await (const order of ports.orders.list((error) => ports.reportBadItem(error, "a work order cannot be read"))) {
    if (!isOpen(order)) continue;
    for (const change of changes) {
      const inserts =
        change.kind === "prompt" && hasPrepared(order) && (await insertsChanged(ports, stored, order, change));
      const steps = withResult(order, staleSteps(change, order, configuration, inserts));
      if (steps.length > 0) found.push({ ...shown(order, steps), id: order.id, steps, change });
    }
  }
  return found;
}

/**
 * Sets the stale steps of these orders back to ready, each order in one write with its line of the audit, as long as no step of it
 * works. Returns those that could not be reset, because one does.
 *
 * A save calls it before the write, and once more after it, for results that came in between: see settleResets. The price: a save
 * that another one overtakes has set the orders back all the same.
 */
export async function resetOrders(
  ports: AffectedPorts,
  user: Pick<User, "id">,
  affected: readonly AffectedOrder[],
): Promise<ItemEffect[]> {
  const left: ItemEffect[] = [];
  for (const one of affected) if (!(await resetOrder(ports, user, one))) left.push({ ...shownEffect(one), busy: true });
  return left;
}

/**
 * False if it cannot be set back yet, because a step of it works. `begunBefore`, an instant: only results of runs that began before.
 */
export async function resetOrder(
  { orders, clock }: Pick<AffectedPorts, "orders" | "clock">,
  user: Pick<User, "id">,
  { id, steps, change }: Pick<AffectedOrder, "id" | "steps"> & { readonly change: Pick<ItemChange, "kind" | "key"> },
  begunBefore?: string,
): Promise<boolean> {
  const { kind, key } = change;
  const why = `Reset because the ${kindOf(kind).title} ${key} changed in the settings.`;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const order = await orders.get(id);
    if (!order || !isOpen(order)) return true;
    const older = steps.filter((name) => isOlder(order, name, begunBefore));
    const stale = withResult(order, older);
    if (stale.length === 0) return true;
    const now = clock.now();
    const audit = userLine(
      { workOrderId: id, by: user.id, what: "reset by settings", data: { kind, key, reset: stale } },
      ulid(now),
      now,
    );
    if (await orders.write(id, settingsResetWrite(order, stale, why, now), { updatedBy: user.id, audit })) return true;
    if (isBusy(order)) return false;
  }
  return false;
}

function isOlder({ steps }: WorkOrder, name: StepName, begunBefore: string | undefined): boolean {
  const { startedAt } = steps[name];
  return begunBefore === undefined || startedAt === undefined || startedAt < begunBefore;
}

/** The orders of a change, as it is stored with it. */
export function resetsOf(affected: readonly AffectedOrder[], kind: ConfigKind, key: string): OrderReset[] {
  return affected
    .filter(({ change }) => change.kind === kind && change.key === key)
    .map(({ id, steps }) => ({ id, steps }));
}

/** What a page shows of it. */
export function shownEffect({ title, address, steps, busy }: ItemEffect): ItemEffect {
  return { title, address, steps, busy };
}

async function insertsChanged(
  ports: AffectedPorts,
  stored: StoredConfiguration,
  order: WorkOrder,
  { key, before, after }: ItemChange,
): Promise<boolean> {
  const { event = "", key: name = "", language = "" } = keyParts("prompt", key);
  const prompt: Prompt = { event, key: name, language, text: String((after ?? before)?.["text"] ?? "") };
  return orderInsertsPrompt(ports, stored, order, prompt);
}

function hasPrepared({ prepared }: WorkOrder): boolean {
  return Object.keys(prepared).length > 0;
}

function isOpen({ archived, steps }: WorkOrder): boolean {
  return !archived && (steps.Send.status === "ready" || steps.Send.scheduled !== undefined);
}

function isBusy(order: WorkOrder): boolean {
  return workingStep(order) !== undefined || order.pendingCommandAt !== undefined;
}

/** Those that are not ready: a reset would lose their result. A scheduled start of Send goes with them. */
function withResult({ steps }: WorkOrder, names: readonly StepName[]): readonly StepName[] {
  const stale = names.filter((name) => steps[name].status !== "ready");
  return stale.length > 0 && steps.Send.scheduled ? [...stale.filter((name) => name !== "Send"), "Send"] : stale;
}

function shown(order: WorkOrder, steps: readonly StepName[]): ItemEffect {
  const { id, eventCode, subEvent, stage } = order;
  return { title: `${eventCode} · ${subEvent} · ${stage}`, address: `/work-orders/${id}`, steps, busy: isBusy(order) };
}
