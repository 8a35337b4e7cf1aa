"use client";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { SkipReasonTable } from "../recipients/SkipReasonTable.tsx";

/** Skip reasons per language: what Count found, and every step that plans again. */
export function SkipReasons({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const { languages = {}, status } = order.steps[step];
  if (status === "ready") return undefined;
  const counted = order.languages.flatMap((code) => {
    const reasons = languages[code]?.reasons;
    return reasons ? [{ code, reasons }] : [];
  });
  return <SkipReasonTable languages={counted} caption="Not mailed, and why" />;
}
