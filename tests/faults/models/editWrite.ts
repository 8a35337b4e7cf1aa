import { endLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { resetBy } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { saveWrite, sleepingSaveWrite } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import type { OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { refusedWhileSleeping } from "@email-agent/shared/domain/lifecycle/sleepingEdit.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import type { Edit } from "./orderHappenings.ts";

/** The write with which the Email Manager saves an edit under the lease that `order` has; what must wait for the end of a sleep is left. */
export function editWrite(order: WorkOrder, edit: Exclude<Edit, { field: "form" }>, now: number): OrderWrite {
  const token = order.editLease?.token ?? "";
  const patch = changes(order, edit);
  if (order.steps.Send.status !== "sleeping") return saveWrite(order, patch, resetBy(order, patch), token);
  return refusedWhileSleeping(patch).length > 0 ? endLease(token) : sleepingSaveWrite(order, patch, token, now);
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
