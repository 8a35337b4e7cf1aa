import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { driveStep } from "../../../infra/local/demo/driveStep.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed } from "../scenario.ts";
import { endSeconds, isSettled, type OperatorAct, operatorActs } from "./operatorActs.ts";
import type { ProcessStack } from "./processStack.ts";

/** How many mails of the order are claimed by a process at this moment. */
export async function countClaims({ fixture }: ProcessStack, { id }: Pick<WorkOrder, "id">): Promise<number> {
  const order = await fixture.orders.get(id);
  if (!order) return 0;
  const ledgers = await Promise.all(order.languages.map((language) => fixture.ledger(order, language)));
  return ledgers.flat().filter(({ status }) => status === "sending").length;
}

/**
 * A Send that meets faults, which `fault` makes and which returns how many mails may be in doubt by them. Whatever the
 * operator does then, in the end every person is mailed, by a second Send if the first one was stopped or refused. The
 * steps before Send run from `from` on.
 */
export async function sendUnderFaults(
  stack: ProcessStack,
  act: OperatorAct,
  fault: (order: WorkOrder) => Promise<number>,
  from: StepName = "Send",
): Promise<Observed> {
  await eventually("every service is ready", () => stack.services.every((one) => one.isReady()), { withinSeconds: 60 });
  stack.takeTrouble();
  const { operator, fixture, server, mails } = stack;
  const order = await stack.orderReadyFor(from);
  for (const step of stepNames.slice(stepNames.indexOf(from), stepNames.indexOf("Send")))
    await driveStep(operator, order.id, step, () => {});
  const before = server.accepted.length;
  const started = await operator.command(order.id, "Send", "start");
  const inDoubtAtMost = await fault(order);
  const faultEnded = performance.now();
  const violations: string[] = [];
  try {
    await operatorActs[act](stack, order, started);
    await operator.until(order.id, isSettled, endSeconds);
    const recoveryMilliseconds = performance.now() - faultEnded;
    await sendTheRest(stack, order.id);
    const ended = await operator.until(order.id, isSettled, endSeconds);
    const { status, message, counters } = ended.steps.Send;
    if (status !== "complete") violations.push(`The operator sees Send as ${status}: ${message}`);
    const judge = () => judgeMailing(fixture, order, server.accepted.slice(before), { people: mails, inDoubtAtMost });
    violations.push(...(await lastOf(judge)));
    return { violations: withTrouble(stack, violations), recoveryMilliseconds, inDoubt: counters?.inDoubt ?? 0 };
  } catch (error) {
    return { violations: withTrouble(stack, [...violations, (error as Error).message]) };
  }
}

/**
 * What is still violated after a while. A sender that was frozen until the end says then what became of its claims, and the
 * run is counted once more. A second mail to a person stays one.
 */
async function lastOf(judge: () => Promise<string[]>): Promise<string[]> {
  let violations: string[] = [];
  const holds = async () => {
    violations = await judge();
    return violations.length === 0;
  };
  return eventually("every rule holds", holds, { withinSeconds: 20, everyMilliseconds: 250 }).then(
    () => [],
    (error: Error) => (violations.length > 0 ? violations : [error.message]),
  );
}

function withTrouble(stack: ProcessStack, violations: readonly string[]): string[] {
  return violations.length > 0 ? [...violations, stack.takeTrouble().slice(-15).join("\n")] : [];
}

/** Starts what is not complete, in the order of the steps. */
async function sendTheRest(stack: ProcessStack, id: string): Promise<void> {
  const { operator, fixture } = stack;
  const due = async (): Promise<StepName | undefined> => {
    const order = await fixture.orders.get(id);
    return stepNames.find((name) => order?.steps[name].status !== "complete");
  };
  for (let step = await due(); step !== undefined; step = await due()) {
    const { steps } = await driveStep(operator, id, step, () => {});
    if (steps[step].status !== "complete") return;
  }
}
