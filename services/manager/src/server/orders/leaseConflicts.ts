import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type BusyStep, busyWords } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { validLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { workingStep } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { AppError } from "@email-agent/shared/kit/errors.ts";
import type { LeaseHolder } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { conflict } from "./refusals.ts";

type Ports = Pick<Manager, "configTable">;

/** Who has the form open, by name; undefined if no one does. */
async function holderOf(ports: Ports, order: WorkOrder, user: User, now: number): Promise<LeaseHolder | undefined> {
  const lease = validLease(order, now);
  if (!lease) return undefined;
  const isYou = lease.userId === user.id;
  const name = isYou ? user.name : ((await ports.configTable.user(lease.userId))?.name ?? lease.userId);
  return { name, isYou, expiresAt: lease.expiresAt };
}

/** Another user, or the same one in another window, has the form open. */
export async function leaseHeld(
  ports: Ports,
  order: WorkOrder,
  user: User,
  now: number,
): Promise<AppError | undefined> {
  const holder = await holderOf(ports, order, user, now);
  if (!holder) return undefined;
  const who = holder.isYou ? "You have this form open in another window" : `${holder.name} is editing this work order`;
  return conflict("held", `${who}. Wait until it is closed there, or take over.`, { holder });
}

/** The lease is lost: a step works, another user took over, or it expired. */
export async function leaseLost(ports: Ports, order: WorkOrder, user: User, now: number): Promise<AppError> {
  const working = workingStep(order);
  if (working) return stepWorks(working);
  const holder = await holderOf(ports, order, user, now);
  if (!holder)
    return conflict(
      "lease-lost",
      "Your time for editing ran out. What you typed is still here: press Edit to save it.",
    );
  const who = holder.isYou ? "You took over the editing in another window" : `${holder.name} took over the editing`;
  return conflict("lease-lost", `${who}. What you typed is still here, but cannot be saved for now.`, { holder });
}

export function stepWorks(step: BusyStep): AppError {
  return conflict("working", busyWords(step, "You can edit the form once it has ended or is stopped."), {
    step: step.name,
  });
}
