import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { type Participants, participants } from "@email-agent/shared/adapters/participants.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { anEvent, anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { type StepSubject, stepContract } from "@email-agent/shared/testing/stepContract.ts";
import { afterAll, beforeAll } from "vitest";
import { startTestStack, type TestStack } from "../../../../infra/local/testStack.ts";
import { aMail, putConfiguration, startPrepareFixture } from "../../testing/prepareFixture.ts";
import { count } from "./count.ts";
import { prepare } from "./prepare.ts";

let stack: TestStack;
const people = 300;

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  await putConfiguration(stack);
  await putParticipants(
    stack.aws,
    stack.config,
    Array.from({ length: people }, () => aParticipant()),
  );
});
afterAll(() => stack[Symbol.asyncDispose]());

/** The event as the table holds it: all a Prepare changes besides the bucket and its own step. */
const eventItem = async (aid: string) =>
  (await stack.aws.dynamo.send(new GetCommand({ TableName: stack.config.EVENTS_TABLE, Key: { aid } }))).Item;

stepContract("Prepare", {
  short: () => prepareSubject("P1", async () => {}),
  // Mailchimp is silent for as long as a request may take.
  long: () =>
    prepareSubject("P2", (fixture) => void fixture.mailchimp.script({ call: "templates", hang: true, times: 99 })),
  broken: () => prepareSubject("P3", async (fixture) => fixture.putEvent(anEvent({ aid: "P3", subEvents: {} }))),
});

async function prepareSubject(
  aid: string,
  trouble: (fixture: Awaited<ReturnType<typeof startPrepareFixture>>) => Promise<void> | void,
): Promise<StepSubject> {
  const templates = [{ name: `${aid}-weekend-reg-EN`, html: aMail("Write to office@example.org") }];
  const fixture = await startPrepareFixture(stack, { templates }, { requestTimeoutMilliseconds: 30_000 });
  await fixture.putEvent(anEvent({ aid }));
  await trouble(fixture);
  const order = anOrder({ eventCode: aid });
  return {
    handler: prepare(fixture.ports),
    newRun: () => aStepRun("Prepare", order, { runId: `01${aid}` }),
    effects: async () => ({ event: await eventItem(aid), campaigns: fixture.mailchimp.campaigns() }),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

stepContract("Count", {
  short: () => countSubject("C1", {}),
  // Pages come as slowly as from a table of some millions.
  long: () => countSubject("C2", { betweenPagesMilliseconds: 20 }),
  broken: () => countSubject("C3", { event: anEvent({ aid: "C3", config: { pool: "nowhere" } }) }),
});

async function countSubject(
  aid: string,
  { event = anEvent({ aid }), betweenPagesMilliseconds = 0 },
): Promise<StepSubject> {
  const fixture = await startPrepareFixture(stack);
  await fixture.putEvent(event);
  const scan = participants(stack.aws, stack.config);
  async function* slowly(signal?: AbortSignal): AsyncIterable<Participant[]> {
    for await (const page of scan.pages(signal && { signal })) {
      for (const participant of page) {
        yield [participant];
        await systemClock.sleep(betweenPagesMilliseconds, signal);
      }
    }
  }
  const slow: Pick<Participants, "pages"> = { pages: (options) => slowly(options?.signal) };
  const ports = {
    ...fixture.ports,
    participants: betweenPagesMilliseconds > 0 ? slow : scan,
    deliveries: deliveries(stack.aws, stack.config),
  };
  const order = anOrder({ eventCode: aid });
  return {
    handler: count(ports),
    newRun: () => aStepRun("Count", order, { runId: `01${aid}` }),
    effects: () => eventItem(aid),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
