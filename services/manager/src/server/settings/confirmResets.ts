import { count } from "@email-agent/shared/domain/numberWords.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type AffectedOrder, shownEffect } from "./affectedOrders.ts";

/** A save that makes results of orders stale asks first: AppError `conflict` with `details.reason` `resets` and the orders. */
export function refuseUnconfirmed(affected: readonly AffectedOrder[], isConfirmed: boolean | undefined): void {
  if (affected.length === 0 || isConfirmed) return;
  const orders = affected.length === 1 ? "1 work order" : `${count(affected.length)} work orders`;
  throw new AppError("conflict", `Saving sets back steps of ${orders}. Confirm it, or change nothing.`, {
    details: { reason: "resets", orders: affected.map(shownEffect) },
  });
}
