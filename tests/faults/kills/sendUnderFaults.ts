import { setTimeout as pause } from "node:timers/promises";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { driveStep } from "../../../infra/local/demo/driveStep.ts";
import { takeEditLease } from "../../../services/manager/src/server/orders/editLease.ts";
import { saveOrder } from "../../../services/manager/src/server/orders/saveOrder.ts";
import { aUser } from "../../../services/manager/testing/managerOver.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed } from "../scenario.ts";
import type { KillStage } from "./killStage.ts";

/** What the operator does after the fault. */
export const answers = ["wait", "stop", "disable", "edit"] as const;
export type Answer = (typeof answers)[number];

const endSeconds = 60;

/** How many mails of the order are claimed by some process at this moment. */
export async function claims({ fixture }: KillStage, { id }: Pick<WorkOrder, "id">): Promise<number> {
  const order = await fixture.orders.get(id);
  if (!order) return 0;
  const ledgers = await Promise.all(order.languages.map((language) => fixture.ledger(order, language)));
  return ledgers.flat().filter(({ status }) => status === "sending").length;
}

/**
 * A Send that meets faults, which `fault` makes and which returns how many mails may be in doubt by them. Whatever the
 * operator does then, in the end everybody is mailed, by a second Send if the first one was stopped or refused. The steps
 * before Send run from `from` on.
 */
export async function sendUnderFaults(
  stage: KillStage,
  answer: Answer,
  fault: (order: WorkOrder) => Promise<number>,
  from: StepName = "Send",
): Promise<Observed> {
  await eventually("every service is ready", () => stage.services.every((one) => one.isReady()), { withinSeconds: 60 });
  stage.takeTrouble();
  const { operator, fixture, server, mails } = stage;
  const order = await stage.orderReadyFor(from);
  for (const step of stepNames.slice(stepNames.indexOf(from), stepNames.indexOf("Send")))
    await driveStep(operator, order.id, step, () => {});
  const before = server.accepted.length;
  const started = await operator.command(order.id, "Send", "start");
  const inDoubtAtMost = await fault(order);
  const faultEnded = performance.now();
  const violations: string[] = [];
  try {
    await answered[answer](stage, order, started);
    await operator.until(order.id, isSettled, endSeconds);
    const recoveryMilliseconds = performance.now() - faultEnded;
    await sendTheRest(stage, order.id);
    const ended = await operator.until(order.id, isSettled, endSeconds);
    const { status, message, counters } = ended.steps.Send;
    if (status !== "complete") violations.push(`Send is ${status}: ${message}`);
    const judge = () => judgeMailing(fixture, order, server.accepted.slice(before), { people: mails, inDoubtAtMost });
    violations.push(...(await lastOf(judge)));
    return { violations: withTrouble(stage, violations), recoveryMilliseconds, inDoubt: counters?.inDoubt ?? 0 };
  } catch (error) {
    return { violations: withTrouble(stage, [...violations, (error as Error).message]) };
  }
}

const settlingMilliseconds = 20_000;

/**
 * What is still violated after a while. A sender that was frozen until the end says then what became of its claims, and the
 * run is counted once more. A second mail to a person stays one.
 */
async function lastOf(judge: () => Promise<string[]>): Promise<string[]> {
  const until = performance.now() + settlingMilliseconds;
  for (;;) {
    const violations = await judge();
    if (violations.length === 0 || performance.now() > until) return violations;
    await pause(250);
  }
}

function withTrouble(stage: KillStage, violations: readonly string[]): string[] {
  return violations.length > 0 ? [...violations, stage.takeTrouble().slice(-15).join("\n")] : [];
}

function isSettled({ steps, unsettled }: OrderSnapshot): boolean {
  return steps.Send.status !== "working" && unsettled === undefined;
}

const answered: Record<Answer, (stage: KillStage, order: WorkOrder, started: string) => Promise<unknown>> = {
  wait: ({ operator }, { id }, started) =>
    operator.until(id, ({ lastCommand }) => lastCommand?.id === started, endSeconds),
  stop,
  async disable(stage, { id }, started) {
    const { operator } = stage;
    await operator.until(id, ({ lastCommand }) => lastCommand?.id === started, endSeconds);
    await stage.setAccount({ enabled: false });
    try {
      await operator.until(id, isSettled, endSeconds);
    } finally {
      await stage.setAccount({});
    }
  },
  async edit(stage, order, started) {
    await stop(stage, order, started);
    const user = aUser({ id: "writer" });
    const subjects = Object.fromEntries(order.languages.map((language) => [language, `Another subject (${language})`]));
    // The Send is interrupted; its claims may not be settled yet.
    const { token } = await takeEditLease(stage.manager, user, order.id, { takeOver: true });
    await saveOrder(stage.manager, user, order.id, { leaseToken: token, fields: { subjects }, confirmReset: true });
  },
};

/** The operator stops as soon as the start is judged: before that the page offers no stop. */
async function stop({ operator }: KillStage, { id }: WorkOrder, started: string): Promise<void> {
  await operator.until(id, ({ lastCommand }) => lastCommand?.id === started, endSeconds);
  const stopped = await operator.command(id, "Send", "stop");
  await operator.until(id, ({ lastCommand }) => lastCommand?.id === stopped, endSeconds);
}

/** Starts what is not complete, in the order of the steps. */
async function sendTheRest(stage: KillStage, id: string): Promise<void> {
  const { operator, fixture } = stage;
  const due = async (): Promise<StepName | undefined> => {
    const order = await fixture.orders.get(id);
    return stepNames.find((name) => order?.steps[name].status !== "complete");
  };
  for (let step = await due(); step !== undefined; step = await due()) {
    const { steps } = await driveStep(operator, id, step, () => {});
    if (steps[step].status !== "complete") return;
    await pause(0);
  }
}
