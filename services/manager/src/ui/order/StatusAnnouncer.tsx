"use client";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { statusWord } from "../shell/statusLooks.ts";
import { stepTitle } from "./stepWords.ts";

/** Announces status changes of steps to screen readers. Progress within a status is not announced. */
export function StatusAnnouncer({ order }: { readonly order: Order }) {
  const [said, setSaid] = useState("");
  const before = useRef(order.steps);
  useEffect(() => {
    const changed = stepNames.filter((name) => order.steps[name].status !== before.current[name].status);
    before.current = order.steps;
    if (changed.length === 0) return;
    setSaid(changed.map((name) => `${stepTitle(order, name)}: ${statusWord(order.steps[name].status)}`).join(". "));
  }, [order]);
  return (
    <VisuallyHidden aria-live="polite" role="log">
      {said}
    </VisuallyHidden>
  );
}
