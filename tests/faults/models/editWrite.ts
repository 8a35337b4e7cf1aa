import { type AuditLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { endLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { resetBy } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { saveWrite, sleepingSaveWrite } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { refusedWhileSleeping } from "@email-agent/shared/domain/lifecycle/sleepingEdit.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { Edit } from "./orderHappenings.ts";

/** How the Email Manager saves an edit under the lease that `order` has, with its line; what must wait for the end of a sleep is left. */
export function editWrite(
  order: WorkOrder,
  edit: Exclude<Edit, { field: "form" }>,
  now: number,
): { write: OrderWrite; line?: AuditLine } {
  const token = order.editLease?.token ?? "";
  const patch = changes(order, edit);
  const isAsleep = order.steps.Send.status === "sleeping";
  if (isAsleep && refusedWhileSleeping(patch).length > 0) return { write: endLease(token) };
  const reset = resetBy(order, patch);
  const data = { changed: { [edit.field]: true }, reset: reset.steps };
  const line = userLine({ workOrderId: order.id, by: "anna", what: "edited", data }, ulid(now), now);
  const write = isAsleep ? sleepingSaveWrite(order, patch, token, now) : saveWrite(order, patch, reset, token);
  return { write, line };
}

function changes(order: WorkOrder, edit: Exclude<Edit, { field: "form" }>): Partial<WorkOrder> {
  const other = ulid();
  switch (edit.field) {
    case "account":
      return { account: `account-${other}` };
    case "subjects":
      return { subjects: { EN: other } };
    case "revision":
      return { revision: (order.revision ?? 0) + 1 };
    case "testers":
      return { testers: [other] };
    case "continuous":
      return { sendContinuously: edit.to };
    case "ends":
      return { sendUntil: instant(edit.to) };
  }
}
