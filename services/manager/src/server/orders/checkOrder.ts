import type { User } from "@email-agent/shared/domain/configItems.ts";
import { judgeForm } from "@email-agent/shared/domain/form/judgeForm.ts";
import { emptyForm, inheritedFrom } from "@email-agent/shared/domain/form/orderForm.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderCheck } from "../../api/orders.ts";
import { judgeEdit, resetsOf } from "./judgeEdit.ts";
import { type FormPorts, loadFormContext } from "./loadFormContext.ts";
import type { CheckBody } from "./orderBodies.ts";
import { orderFor } from "./orderFor.ts";

/** Judges a form while it is filled in, by the rules of a save, and changes nothing. Throws AppError `not-found`. */
export async function checkOrder(ports: FormPorts, user: User, { id, fields: patch }: CheckBody): Promise<OrderCheck> {
  if (id === undefined) {
    const fields = { ...emptyForm, ...patch };
    const { errors, notes, parent } = judgeForm(fields, await loadFormContext(ports, user, fields));
    return checkOf(errors, notes, parent);
  }
  const order = await orderFor(ports, user, id);
  const { errors, notes, changes, parent } = await judgeEdit(ports, user, order, patch);
  return { ...checkOf(errors, notes, parent), ...(changes && { resets: resetsOf(order, changes) }) };
}

function checkOf(
  errors: Record<string, string>,
  notes: Record<string, string>,
  parent: WorkOrder | undefined,
): OrderCheck {
  if (!parent) return { fields: errors, notes };
  const inherited = { orderId: parent.id, stage: parent.stage, ...inheritedFrom(parent) };
  return { fields: errors, notes, inherited };
}
