import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { type StepName, stepNames } from "../steps.ts";
import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { judgeCommand } from "./judgement.ts";
import { transition } from "./stepTransitions.ts";
import type { Trigger } from "./transitionRow.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const later = now + 7_200_000;
const id = "01JNQ000000000000000000001";

function continuousOrder(): WorkOrder {
  const order = anOrder({ sendContinuously: true, sendInterval: 60, sendUntil: instant(now + 86_400_000) });
  for (const name of stepNames) order.steps[name] = { status: "complete" };
  return order;
}

function started(step: StepName, confirmedRecipients?: number): WorkOrder {
  const order = continuousOrder();
  const command = {
    id,
    step,
    action: "start" as const,
    ...(confirmedRecipients !== undefined && { confirmedRecipients }),
  };
  return applyOrderWrite(order, judgeCommand(order, command, now).write) as WorkOrder;
}

/** Send falls asleep as `trigger` says, and wakes. */
function woken(order: WorkOrder, trigger: "pass-done" | "quota" | "retryable"): WorkOrder {
  const lease = { step: "Send", runId: order.steps.Send.runId ?? "", token: order.fence } as const;
  const end = { kind: trigger, lease, now, said: {}, random: 0.5 } as Trigger;
  const asleep = applyOrderWrite(order, transition(order, "Send", end)?.write as never) as WorkOrder;
  expect(asleep.steps.Send.status).toBe("sleeping");
  const due = transition(asleep, "Send", { kind: "due", now: later });
  const awake = applyOrderWrite(asleep, due?.write as never) as WorkOrder;
  expect(awake.steps.Send).toMatchObject({ status: "working", runId: `${id}-p2` });
  return awake;
}

test("the number confirmed with a start of Send belongs to its run, also 0, and to no other step", () => {
  expect(started("Send", 1471).steps.Send.confirmedRecipients).toBe(1471);
  expect(started("Send", 0).steps.Send.confirmedRecipients).toBe(0);
  expect(started("Count", 1471).steps.Count).not.toHaveProperty("confirmedRecipients");
});

test("a start without a number, as an older release or a script gives it, removes an earlier number", () => {
  const stopped = started("Send", 1471);
  stopped.steps.Send.status = "interrupted";
  const again = judgeCommand(stopped, { id: `${id.slice(0, -1)}2`, step: "Send", action: "start" }, now);
  expect(applyOrderWrite(stopped, again.write)?.steps.Send).not.toHaveProperty("confirmedRecipients");
});

test("it applies to runs that continue it after a sleep for quota or after an error, not to the next pass", () => {
  const order = started("Send", 1471);
  expect(woken(order, "quota").steps.Send.confirmedRecipients).toBe(1471);
  expect(woken(order, "retryable").steps.Send.confirmedRecipients).toBe(1471);
  expect(woken(order, "pass-done").steps.Send).not.toHaveProperty("confirmedRecipients");
});
