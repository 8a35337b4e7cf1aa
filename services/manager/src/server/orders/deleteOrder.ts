import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isKeyPart, mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { endedRun, hasMailed, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { busyStep, busyWords } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { leaseHeld } from "./leaseConflicts.ts";
import { orderFor } from "./orderFor.ts";
import { conflict } from "./refusals.ts";

type Ports = Pick<Manager, "orders" | "configTable" | "deliveries" | "runs" | "audit" | "clock">;

const tries = 5;

/**
 * Deletes an order that never mailed anyone, and frees its event, sub-event and stage. Throws AppError `conflict` with
 * `details.reason`: `working` (or sleeping), `held` (another user edits it), `mailed`.
 */
export async function deleteOrder(ports: Ports, user: User, id: string, signal?: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const order = await orderFor(ports, user, id);
    const busy = busyStep(order);
    if (busy) throw conflict("working", busyWords(busy, "Stop it before you delete the work order."));
    const now = ports.clock.now();
    const held = await leaseHeld(ports, order, user, now);
    if (held && order.editLease?.userId !== user.id) throw held;
    if (await hasMailedAnyone(ports, order, signal))
      throw conflict("mailed", "This work order has mailed people, and that record must be kept. Archive it instead.");
    if (await ports.orders.remove(order, { audit: deletionLine(user, order, now) })) return;
  }
  throw conflict("unsettled", "The work order keeps changing. Wait a moment, then try again.");
}

/**
 * Deliveries of this mailing, or a Send in the audit that counted mails or whose chunks were begun (it was stopped before
 * it could count): what was sent before the revision, event or stage changed is under another mailing key.
 */
async function hasMailedAnyone(ports: Ports, order: WorkOrder, signal?: AbortSignal): Promise<boolean> {
  const { audit, deliveries } = ports;
  for await (const line of audit.lines(order.id, "E")) {
    const run = endedRun(line);
    if (hasMailed(line) || (run?.step === "Send" && (await hasBegun(ports, run.runId)))) return true;
  }
  // A language that was removed from the order keeps its subject.
  const codes = new Set([...order.languages, ...Object.keys(order.subjects).filter(isKeyPart)]);
  for (const language of codes)
    for await (const page of deliveries.standings(mailingKey(order, language), signal))
      if (page.length > 0) return true;
  return false;
}

/** True if a worker began mails of a run. Records of runs expire after 90 days. */
async function hasBegun({ runs }: Ports, runId: string): Promise<boolean> {
  for await (const chunks of runs.list(runId)) if (chunks.some(({ startedAt }) => startedAt !== undefined)) return true;
  return false;
}

/** The order's own lines belong to nothing once it is deleted: this line is kept under `-`. */
function deletionLine(user: User, { id, eventCode, subEvent, stage, revision }: WorkOrder, now: number) {
  const data = { workOrderId: id, eventCode, subEvent, stage, ...(revision !== undefined && { revision }) };
  return userLine({ workOrderId: "-", by: user.id, what: "deleted", data }, ulid(now), now);
}
