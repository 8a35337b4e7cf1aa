import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { anEvent, anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../infra/local/testStack.ts";
import { putConfiguration } from "../../testing/prepareFixture.ts";
import { count } from "./count.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await putConfiguration(stack);
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.EVENTS_TABLE, Item: anEvent() }));
});
afterAll(() => stack[Symbol.asyncDispose]());

/** A few thousand unused bytes, so that a scan has several pages. */
const ballast = "x".repeat(4000);
const languages = ["English", "Spanish", "French"];

test("acceptance 11: over pages of a parallel scan everybody is counted once, with the ledger of each language", async () => {
  const people = Array.from({ length: 1500 }, (_, number) =>
    aParticipant({
      id: `n${number}`,
      writtenLangPref: languages[number % 3],
      ballast,
      ...(number % 10 === 0 && { unsubscribe: true }),
    }),
  );
  await putParticipants(stack.aws, stack.config, people);
  const ledger = deliveries(stack.aws, stack.config);
  const at = "2026-01-01T00:00:00.000Z";
  const sent = Array.from({ length: 40 }, (_, number) => ({
    ...{
      participantId: `n${number}`,
      runId: "r",
      claimId: `c${number}`,
      attempt: 1,
      contentHash: "h",
      workOrderId: "w",
    },
    ...{ account: "office", language: "EN", name: "", email: "a@example.org", sendingAt: at },
  }));
  await ledger.claim("E2026_weekend_reg_EN", sent, { runId: "r", now: at, userStarted: true });
  const ports = {
    config: configTable(stack.aws, stack.config, { log: console }),
    events: events(stack.aws, stack.config),
    participants: participants(stack.aws, stack.config),
    deliveries: ledger,
  };
  const run = aStepRun("Count", anOrder({ languages: ["EN", "SP"] }));
  const result = await count(ports)(run);
  // Of 1,500 every tenth is unsubscribed, of whom four were reached before; every third reads Spanish.
  expect(result).toMatchObject({
    message: "Already received – EN: 40, SP: 0; will send – EN: 1,314, SP: 450; total – EN: 1,354, SP: 450.",
    counters: { total: 1804, sent: 1764, skipped: 40 },
    languages: {
      EN: { reasons: { "already-received": 40, unsubscribed: 146 } },
      SP: { reasons: { unsubscribed: 150, language: 900 } },
    },
  });
  expect(run.reported.length).toBeGreaterThan(4);
});
