import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { type WorkOrder, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { expect } from "vitest";
import { driveStep } from "../../infra/local/demo/driveStep.ts";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../../infra/local/localStack.ts";
import type { Operator } from "../../infra/local/operator.ts";

/** A running stack with its operator, for one test file. */
export interface Story extends AsyncDisposable {
  readonly stack: LocalStack;
  readonly operator: Operator;
  /** The seeded order of an event and stage. */
  order(eventCode: string, stage: string): Promise<WorkOrder>;
  /** Drives steps one after the other; each must end complete. */
  complete(workOrderId: string, ...steps: StepName[]): Promise<OrderSnapshot>;
  /** Waits until Send has this many mails out. */
  untilSent(workOrderId: string, count: number): Promise<OrderSnapshot>;
  /** What the services printed at warn and error, for a failing test. */
  readonly trouble: string[];
}

/** Starts the whole product with its demo organisation in a folder of its own. */
export async function startStory(
  participants: number,
  options: Pick<LocalStackOptions, "ports" | "variables" | "empty" | "entries"> = {},
): Promise<Story> {
  const dataFolder = await mkdtemp(join(tmpdir(), "email-agent-story-"));
  const trouble: string[] = [];
  await using starting = new AsyncDisposableStack();
  starting.defer(() => rm(dataFolder, { recursive: true, force: true }));
  const stack = starting.use(
    await startLocalStack({
      dataFolder,
      participants,
      ...options,
      onLine: (service, line) => {
        if (!line.startsWith('{"level":"info"')) trouble.push(`${service} ${line.slice(0, 500)}`);
      },
      onNews: (text) => trouble.push(text),
    }),
  );
  const operator = starting.use(await stack.openOperator());
  const running = starting.move();
  return {
    stack,
    operator,
    trouble,
    async order(eventCode, stage) {
      for await (const order of stack.orders.list())
        if (order.eventCode === eventCode && order.stage === stage) return order;
      throw new Error(`No order of ${eventCode} ${stage} was seeded.`);
    },
    async complete(workOrderId, ...steps) {
      for (const step of steps) {
        const ended = await driveStep(operator, workOrderId, step, () => {});
        expect(ended.steps[step], trouble.slice(-10).join("\n")).toMatchObject({ status: "complete" });
      }
      return operator.seen(workOrderId) as OrderSnapshot;
    },
    untilSent: (workOrderId, count) =>
      operator.until(workOrderId, (order) => (order.steps.Send.counters ?? zeroCounters).sent >= count, 60),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** No one has two mails of a mailing, and the inbox holds everyone the ledger calls sent (in-doubt ones may be there too). */
export function expectReconciled(stack: LocalStack, order: OrderSnapshot): void {
  expect(stack.inbox.duplicates({ test: false })).toEqual([]);
  for (const language of order.languages) {
    const { sent = 0, failed = 0, skipped = 0, inDoubt = 0, total = 0 } = order.steps.Send.languages?.[language] ?? {};
    const counted = order.steps.Count.languages?.[language]?.total;
    expect.soft(sent + failed + skipped + inDoubt, `${language}: everybody is accounted for`).toBe(counted);
    expect.soft(total, `${language}: total`).toBe(counted);
    const key = mailingKey(order, language);
    const arrived = stack.inbox.counts({ mailing: key, test: false })[0]?.recipients ?? 0;
    expect.soft(arrived, `${language}: in the inbox`).toBeGreaterThanOrEqual(sent);
    expect.soft(arrived, `${language}: in the inbox`).toBeLessThanOrEqual(sent + inDoubt);
  }
}
