import type { User } from "@email-agent/shared/domain/configItems.ts";
import { changedFields, changesOf } from "@email-agent/shared/domain/form/formChanges.ts";
import type { FieldSentences } from "@email-agent/shared/domain/form/formContext.ts";
import { judgeForm, judgeSleepingForm } from "@email-agent/shared/domain/form/judgeForm.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { patchedFields } from "@email-agent/shared/domain/form/orderForm.ts";
import { stepStatus } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { type Reset, resetBy, resetReason } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { refusedWhileSleeping } from "@email-agent/shared/domain/lifecycle/sleepingEdit.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Resets } from "../../api/orders.ts";
import { type FormPorts, loadFormContext } from "./loadFormContext.ts";

/** What a patch of an order would do. */
export interface JudgedEdit {
  readonly errors: FieldSentences;
  readonly notes: FieldSentences;
  /** Absent while there are errors. Only fields that really change; `undefined` removes one. */
  readonly changes?: Partial<WorkOrder>;
  /** The order languages, subjects and content come from. */
  readonly parent?: WorkOrder | undefined;
}

/** Judges a patch of the present order: by all rules of the form, while Send sleeps only by those of what may change then. */
export async function judgeEdit(
  ports: FormPorts,
  user: User,
  order: WorkOrder,
  patch: Partial<OrderFields>,
): Promise<JudgedEdit> {
  const fields = patchedFields(order, patch);
  const context = await loadFormContext(ports, user, fields, order);
  if (order.steps.Send.status === "sleeping") return judgeAsleep(order, patch, fields, context);
  const { stored, ...judged } = judgeForm(fields, context);
  return { ...judged, ...(stored && { changes: changesOf(order, stored) }) };
}

function judgeAsleep(
  order: WorkOrder,
  patch: Partial<OrderFields>,
  fields: OrderFields,
  context: Awaited<ReturnType<typeof loadFormContext>>,
): JudgedEdit {
  const changed = Object.fromEntries(changedFields(order, patch).map((name) => [name, true]));
  const refused = Object.fromEntries(
    refusedWhileSleeping(changed).map((name) => [
      name,
      "While Send sleeps only testers and the times of sending can change. Stop Send first to change this.",
    ]),
  );
  const { stored, errors, notes } = judgeSleepingForm(fields, context);
  const all = { ...errors, ...refused };
  return {
    errors: all,
    notes,
    parent: context.parent,
    ...(stored && Object.keys(refused).length === 0 && { changes: changesOf(order, stored) }),
  };
}

/** What a save resets: which steps, their present status, and why. */
export function resetsOf(order: WorkOrder, changes: Partial<WorkOrder>): Resets {
  const reset = resetBy(order, changes);
  return shownResets(order, reset);
}

export function shownResets(order: WorkOrder, reset: Reset): Resets {
  return {
    steps: reset.steps.map((name) => ({
      name,
      status: stepStatus(order, name),
      why: resetReason(name, reset.changed),
    })),
    clearsPrepared: reset.clearsPrepared && Object.keys(order.prepared).length > 0,
    needsConfirmation: reset.needsConfirmation,
    changed: reset.changed,
  };
}
