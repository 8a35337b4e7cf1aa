import { resetBy, resetWrite } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { judgeCommand } from "@email-agent/shared/domain/lifecycle/judgement.ts";
import { transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import { predecessorOf, type StepName, stepNamed, stepNames } from "@email-agent/shared/domain/steps.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { applyOrderWrite } from "@email-agent/shared/testing/applyOrderWrite.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { createElement, type FunctionComponent } from "react";
import { ulid } from "ulid";
import { describe, expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import { OrderTable } from "../orders/OrderTable.tsx";
import { usualSort } from "../orders/sortOrders.ts";
import { StartSend } from "./StartSend.tsx";
import { StepPanel } from "./StepPanel.tsx";
import { StepPath } from "./StepPath.tsx";
import { stepTitle } from "./stepWords.ts";

const now = Date.parse("2026-03-01T08:00:00.000Z");
const hash = (digit: string) => digit.repeat(64);
const content = (digit: string) => ({ EN: { s3Key: `content/${digit}`, hash: hash(digit), bytes: 2048 } });

/** An order on which `step` is the next to start. */
function orderBefore(step: StepName): WorkOrder {
  const steps = readySteps();
  for (let before = predecessorOf(step); before; before = predecessorOf(before)) steps[before] = { status: "complete" };
  const { EN } = content("a");
  return anOrder({ steps, prepared: { EN: { ...EN, preparedAt: "2026-02-01T08:00:00.000Z" } } });
}

function written(order: WorkOrder, write: Parameters<typeof applyOrderWrite>[1] | undefined): WorkOrder {
  const next = write && applyOrderWrite(order, write);
  if (!next) throw new Error("The write was refused.");
  return next;
}

function command(order: WorkOrder, step: StepName, action: "start" | "stop"): WorkOrder {
  return written(order, judgeCommand(order, { id: ulid(), step, action }, now).write);
}

/** The run of `order` ends well, as its worker says. */
function completed(order: WorkOrder, step: StepName, said: object = {}): WorkOrder {
  const { runId = "", token = 0 } = order.runLease ?? {};
  return written(order, transition(order, step, { kind: "done", now, lease: { step, runId, token }, said })?.write);
}

function panel(order: WorkOrder, step: StepName): string {
  const withDialog = StartSend as FunctionComponent<{ order: WorkOrder }>;
  return renderPage(createElement(withDialog, { order }, createElement(StepPanel, { order, step })));
}

describe.each(stepNames)("acceptance 95: %s, as every step of the catalogue", (step) => {
  test("starts behind its predecessor, works, and stops", () => {
    const working = command(orderBefore(step), step, "start");
    expect(working.steps[step].status).toBe("working");
    expect(working.runLease).toMatchObject({ step, token: 1 });
    expect(working.steps[step].pinned !== undefined).toBe(stepNamed(step).content === "uses");
    const stopped = command(working, step, "stop");
    expect(stopped.steps[step].status).toBe("interrupted");
    expect(Object.keys(stopped.unsettled ?? {}).length > 0).toBe(stepNamed(step).mails !== undefined);
  });

  test("goes back to ready when the order becomes another mailing", () => {
    const order = completed(command(orderBefore(step), step, "start"), step);
    expect(order.steps[step].status).toBe("complete");
    const reset = resetBy(order, { stage: "reminder" });
    expect(reset.steps).toContain(step);
    expect(written(order, resetWrite(order, reset)).steps[step].status).toBe("ready");
  });

  test("goes back to ready when Prepare publishes other content, if it uses any", () => {
    const order = completed(command(orderBefore(step), step, "start"), step);
    const preparing = command(order, "Prepare", "start");
    const { steps } = completed(preparing, "Prepare", { prepared: content("b") });
    expect(steps[step].status).toBe(stepNamed(step).content === "uses" ? "ready" : "complete");
  });

  test("is in the list and has a panel with its help, numbers and command", () => {
    const before = orderBefore(step);
    const working = command(before, step, "start");
    expect(renderPage(createElement(OrderTable, { orders: [before], sort: usualSort, onSort() {} }))).toContain(
      `Next: ${step}`,
    );
    expect(renderPage(createElement(OrderTable, { orders: [working], sort: usualSort, onSort() {} }))).toContain(
      `Working: ${step}`,
    );
    expect(renderPage(createElement(StepPath, { order: working, chosen: step }))).toContain(step);
    const { help, numbers } = stepNamed(step);
    const shown = panel(before, step);
    expect(shown).toContain(stepTitle(before, step));
    expect(shown).toContain(help.replaceAll("'", "&#x27;"));
    expect(shown).toMatch(/ Start /);
    const counters = { total: 3, sent: 3, skipped: 0, failed: 0, inDoubt: 0 };
    const ended = completed(working, step, { counters });
    expect(panel(ended, step)).toContain(`3 ${numbers.sent}`);
  });
});
