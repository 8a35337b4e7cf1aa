import type { User } from "@email-agent/shared/domain/configItems.ts";
import { judgeForm } from "@email-agent/shared/domain/form/judgeForm.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { emptyForm } from "@email-agent/shared/domain/form/orderForm.ts";
import { type AuditLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { Order } from "../../api/orders.ts";
import { type FormPorts, loadFormContext } from "./loadFormContext.ts";
import { conflict, unfit } from "./refusals.ts";
import { shownOrder } from "./shownOrder.ts";

/**
 * Creates an order from its form. Throws AppError `invalid-input` with a sentence per field; `conflict` naming the order
 * that has the same event, sub-event and stage, also where both are created at the same moment. `copyOf`: the order whose
 * settings the form began with, for the audit.
 */
export async function createOrder(
  ports: FormPorts,
  user: User,
  given: Partial<OrderFields>,
  copyOf?: string,
): Promise<Order> {
  const fields = { ...emptyForm, ...given };
  const context = await loadFormContext(ports, user, fields);
  const { errors, stored } = judgeForm(fields, context);
  if (!stored) {
    const onlyTaken = context.keyHolder !== undefined && Object.keys(errors).join() === "stage";
    throw onlyTaken ? keyTaken(errors["stage"] ?? "", context.keyHolder) : unfit(errors);
  }
  try {
    const id = `wo-${ulid(context.now)}`;
    const restored = await ports.restoreMark.read();
    const audit = copyOf === undefined ? {} : { audit: copyLine(id, user, copyOf, context.now) };
    const order = await ports.orders.create(
      {
        ...{ id, ...stored, mailingKeys: [], steps: readySteps(), createdBy: user.id, updatedBy: user.id },
        ...(restored && { restored }),
      },
      audit,
    );
    return shownOrder(order, user, "with details");
  } catch (error) {
    throw asKeyTaken(error);
  }
}

function copyLine(workOrderId: string, user: User, from: string, now: number): AuditLine {
  return userLine({ workOrderId, by: user.id, what: "copied", data: { from } }, ulid(now), now);
}

/** A conflict of the store over a taken key, as the error of the field; any other error unchanged. */
export function asKeyTaken(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "conflict") return error;
  return keyTaken(error.message, error.details["workOrderId"]);
}

function keyTaken(message: string, workOrderId: unknown): AppError {
  return conflict("key-taken", message, { workOrderId, fields: { stage: message } });
}
