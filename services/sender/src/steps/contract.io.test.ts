import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { StepHandler } from "@email-agent/shared/run/stepRun.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { type StepSubject, stepContract } from "@email-agent/shared/testing/stepContract.ts";
import { quick, senderParts } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

type SenderStep = "Dry-Run" | "Test" | "Send";

interface Situation {
  readonly people: number;
  readonly ratePerSecond: number;
  readonly html?: string;
  readonly account?: string;
}

const mailed = (fixture: SendFixture) =>
  fixture.inbox
    .messages()
    .map(({ to, messageId }) => `${to.join()} ${messageId}`)
    .sort();

const effects: Record<SenderStep, (fixture: SendFixture, runId: string) => Promise<unknown>> = {
  "Dry-Run": async (fixture, runId) => {
    const lines: string[] = [];
    for await (const page of dryRunRecipients(fixture.stack.aws, fixture.stack.config).pages(runId, "EN"))
      lines.push(...page.map(({ participantId, status, subject }) => `${participantId} ${status} ${subject}`));
    return lines.sort();
  },
  Test: async (fixture) => mailed(fixture),
  Send: async (fixture) => mailed(fixture),
};

/** The handler of one step as the sender wires it, and an order that works under the run the contract hands it. */
async function subject(step: SenderStep, { people, ratePerSecond, html, account }: Situation): Promise<StepSubject> {
  await using starting = new AsyncDisposableStack();
  const testers = somePeople(step === "Test" ? people : 0);
  const fixture = starting.use(
    await openSendFixture({
      people: [...testers, ...somePeople(people - testers.length), aParticipant()],
      account: { ratePerSecond },
    }),
  );
  const parts = starting.use(await senderParts(fixture, quick));
  const order = await fixture.addOrder({ testers: testers.map(({ id }) => id), ...(account && { account }) }, html);
  const runId = await fixture.command(order.id, step, "start");
  const working = (await fixture.orders.get(order.id)) as WorkOrder;
  const handlers: Record<SenderStep, StepHandler> = parts.handlers;
  const running = starting.move();
  return {
    handler: async (run) => {
      try {
        return await handlers[step](run);
      } finally {
        // What a stop by ingest does besides the signal.
        if (run.signal.aborted) await fixture.command(order.id, step, "stop");
      }
    },
    newRun: () => aStepRun(step satisfies StepName, working, { runId }),
    effects: () => effects[step](fixture, runId),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const slowHtml = `<html><body>${"<p>Dear ||name||, <a href='https://example.org/?p=||pid||'>more</a></p>".repeat(400)}</body></html>`;

for (const step of ["Dry-Run", "Test", "Send"] as const)
  stepContract(step, {
    short: () => subject(step, { people: 30, ratePerSecond: 500 }),
    long: () =>
      subject(
        step,
        step === "Dry-Run" ? { people: 6000, ratePerSecond: 1, html: slowHtml } : { people: 200, ratePerSecond: 10 },
      ),
    broken: () => subject(step, { people: 3, ratePerSecond: 10, account: "unknown" }),
  });
