"use client";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { momentText } from "../shell/momentText.ts";
import { stepWord } from "../shell/statusLooks.ts";
import { stepTitle } from "./stepWords.ts";

/** `Scheduled, sends on Tue 1 Dec 2026, 18:00 (Europe/Berlin)`; another start time is a change, too. */
function saidOf(record: StepRecord): string {
  const { scheduled } = record;
  return scheduled ? `${stepWord(record)}, sends on ${momentText(scheduled.at, "start")}` : stepWord(record);
}

/** Announces status changes of steps to screen readers. Progress within a status is not announced. */
export function StatusAnnouncer({ order }: { readonly order: Order }) {
  const [said, setSaid] = useState("");
  const before = useRef(order.steps);
  useEffect(() => {
    const changed = stepNames.filter((name) => saidOf(order.steps[name]) !== saidOf(before.current[name]));
    before.current = order.steps;
    if (changed.length === 0) return;
    setSaid(changed.map((name) => `${stepTitle(order, name)}: ${saidOf(order.steps[name])}`).join(". "));
  }, [order]);
  return (
    <VisuallyHidden aria-live="polite" role="log">
      {said}
    </VisuallyHidden>
  );
}
