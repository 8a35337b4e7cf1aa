import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import { type FaultPoint, faultFiles, type KillableService } from "./faultPoints.ts";
import type { KillPhase } from "./killPhases.ts";
import type { ProcessStack } from "./processStack.ts";
import { countClaims } from "./sendUnderFaults.ts";

/** What became of one trial. */
export interface Killed {
  /** False if the process made no such call this time, and lived. */
  readonly hasDied: boolean;
  readonly violations: readonly string[];
  readonly recoveryMilliseconds: number;
  readonly inDoubt: number;
}

/** A run in which nothing dies within takes seconds; a lease that is taken over adds as much. */
const endSeconds = 40;

/** Runs one phase with a new order; `arm` is called before the click. Resolves when the phase has ended. */
async function runPhase(stack: ProcessStack, phase: KillPhase, arm: (order: WorkOrder) => void) {
  await eventually("every service is ready", () => stack.services.every((one) => one.isReady()), { withinSeconds: 60 });
  const accepted = stack.server.accepted.length;
  const order = await phase.prepare(stack);
  arm(order);
  const commands = await phase.act(stack, order);
  const isEnded = ({ steps, lastCommand, unsettled }: OrderSnapshot) =>
    lastCommand?.id === commands.at(-1) && steps[phase.step].status !== "working" && unsettled === undefined;
  const ended = await stack.operator
    .until(order.id, (seen) => isEnded(seen), endSeconds)
    .catch((error: Error) => error.message);
  return { order, commands, ended, accepted: stack.server.accepted.slice(accepted) };
}

/** The calls of these services in a phase in which nothing dies. */
export async function countCalls(stack: ProcessStack, phase: KillPhase): Promise<Map<KillableService, string[]>> {
  const files = new Map(phase.services.map((service) => [service, faultFiles(stack.folder, service)]));
  for (const { calls } of files.values()) writeFileSync(calls, "");
  const { ended } = await runPhase(stack, phase, () => {
    for (const { counting } of files.values()) writeFileSync(counting, "");
  });
  if (typeof ended === "string") throw new Error(`Without a fault: ${ended}`);
  for (const { counting } of files.values()) rmSync(counting);
  return new Map(
    [...files].map(([service, { calls }]) => [service, readFileSync(calls, "utf8").split("\n").filter(Boolean)]),
  );
}

/** Kills a service at a point of a phase, and judges what its successors made of it. */
export async function killAtPoint(
  stack: ProcessStack,
  phase: KillPhase,
  service: KillableService,
  point: FaultPoint,
): Promise<Killed> {
  const { armed, fired } = faultFiles(stack.folder, service);
  rmSync(fired, { force: true });
  stack.takeTrouble();
  const restarts = restartsOf(stack);
  let diedAt: number | undefined;
  /** Claims in the ledger before a successor is up. */
  let claimed = Promise.resolve(0);
  let orderId = "";
  const watching = setInterval(() => {
    if (diedAt !== undefined || !existsSync(fired)) return;
    diedAt = performance.now();
    if (phase.step === "Send" && service === "sender") claimed = countClaims(stack, { id: orderId });
  }, 20);
  const arm = (order: WorkOrder) => {
    orderId = order.id;
    // At once and whole: the process looks at every call.
    writeFileSync(`${armed}.new`, JSON.stringify(point));
    renameSync(`${armed}.new`, armed);
  };
  const run = await runPhase(stack, phase, arm).finally(() => clearInterval(watching));
  rmSync(armed, { force: true });
  const hasDied = existsSync(fired);
  if (hasDied)
    await eventually("its death is known", () => restartsOf(stack) > restarts, { withinSeconds: endSeconds });
  const recoveryMilliseconds = hasDied ? performance.now() - (diedAt ?? performance.now()) : 0;
  const { violations, inDoubt } = await judgePhase(stack, phase, run, await claimed, hasDied && service === "sender");
  const words = `${service} ${point.when} ${point.call} #${point.nth}`;
  const trouble = violations.length > 0 ? [stack.takeTrouble().slice(-12).join("\n")] : [];
  return {
    hasDied,
    violations: [...violations, ...trouble].map((text) => `${words}: ${text}`),
    recoveryMilliseconds,
    inDoubt,
  };
}

function restartsOf({ services }: ProcessStack): number {
  return services.reduce((sum, one) => sum + one.restarts(), 0);
}

type PhaseRun = Awaited<ReturnType<typeof runPhase>>;

async function judgePhase(
  stack: ProcessStack,
  { step, status }: KillPhase,
  { order, commands, ended, accepted }: PhaseRun,
  inDoubtAtMost: number,
  senderDied: boolean,
) {
  if (typeof ended === "string") return { violations: [ended], inDoubt: 0 };
  const violations = await judgeCommands(stack, order, commands);
  const record = ended.steps[step];
  const { inDoubt = 0 } = record.counters ?? {};
  // A Test with mails in doubt is an error that names them: the operator looks, and starts it again.
  const isInDoubt = step === "Test" && senderDied && record.status === "error" && inDoubt > 0;
  if (record.status !== status && !isInDoubt) violations.push(`${step} is ${record.status}: ${record.message}`);
  if (record.runId !== commands[0]) violations.push(`${step} was run as ${record.runId}, not as ${commands[0]}.`);
  if (step === "Send") {
    const expected = { people: stack.mails, inDoubtAtMost, status };
    violations.push(...(await judgeMailing(stack.fixture, order, accepted, expected)));
  }
  return { violations, inDoubt };
}

/** Every command has been judged once and accepted, its run has ended once, and the operator has seen the newest state. */
async function judgeCommands(stack: ProcessStack, { id }: WorkOrder, commands: readonly string[]): Promise<string[]> {
  const violations: string[] = [];
  const lines = await Array.fromAsync(stack.audit.lines(id));
  const judged = lines.filter(({ sk }) => sk.startsWith("C#"));
  if (judged.length !== commands.length || judged.some(({ sk }) => !commands.includes(sk.slice(2))))
    violations.push(
      `Commands ${commands.join(", ")} were given, ${judged.map(({ sk }) => sk).join(", ")} were judged.`,
    );
  for (const { sk, data } of judged)
    if (data?.["outcome"] !== "accepted") violations.push(`${sk} is ${JSON.stringify(data)}.`);
  const ends = lines.filter(({ sk }) => sk.startsWith("E#"));
  if (ends.length !== 1) violations.push(`Runs ended ${ends.length} times: ${ends.map(({ sk }) => sk).join(", ")}.`);
  try {
    await eventually(
      "the operator sees the newest state",
      async () => stack.operator.seen(id)?.version === (await stack.fixture.orders.get(id))?.version,
      { withinSeconds: 20 },
    );
  } catch (error) {
    violations.push((error as Error).message);
  }
  return violations;
}
