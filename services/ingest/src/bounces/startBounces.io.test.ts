import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { unmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { countedMetrics } from "@email-agent/shared/testing/pipeline.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { sendTo, waitingIn } from "@email-agent/shared/testing/queueViews.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inSns, sesBounce, sesComplaint, sesMail } from "../../../../infra/local/sesEvents.ts";
import { startTestStack, type TestStack } from "../../../../infra/local/testStack.ts";
import { reportPorts, startBounces } from "./startBounces.ts";

const key = "E2026_weekend_reg_EN";
const stack = new AsyncDisposableStack();
const ending = new AbortController();
const lines: Record<string, unknown>[] = [];
let test1: TestStack;
let ledger: ReturnType<typeof deliveries>;

beforeAll(async () => {
  test1 = stack.use(await startTestStack({ cloud: true, visibilitySeconds: 1 }));
  const { aws, config } = test1;
  ledger = deliveries(aws, config);
  const log = openLog("ingest", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  const options = {
    aws,
    config,
    log,
    metrics: countedMetrics(),
    signal: ending.signal,
    pollSeconds: 1,
    visibilitySeconds: 1,
  };
  // Two processes share the queue.
  stack.use(startBounces(options, reportPorts(options)));
  stack.use(startBounces(options, reportPorts(options)));
});
afterAll(async () => {
  ending.abort();
  await stack.disposeAsync();
});

const send = (body: string) => sendTo(test1.aws, test1.config.BOUNCE_QUEUE_URL, body);

async function mailed(id: string, fields: Partial<Parameters<typeof aDelivery>[0]> = {}) {
  const { aws, config } = test1;
  const messageId = messageIdOf(config.PUBLIC_TOKEN_SECRET, { participantId: id, mailingKey: key }, "example.org");
  await putParticipants(aws, config, [aParticipant({ id })]);
  await putDeliveries(aws, config.DELIVERIES_TABLE, key, [aDelivery({ participantId: id, messageId, ...fields })]);
  return { mail: sesMail([{ name: "Message-ID", value: messageId }], [`${id}@example.org`]), messageId };
}
const hard = (id: string) =>
  sesBounce("Permanent", "General", [
    { emailAddress: `${id}@example.org`, status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 user unknown" },
  ]);

test("acceptance 157: events of SES, raw or in the envelope of SNS, become bounces and complaints, each once however often they come", async () => {
  const one = await mailed("p-1");
  const two = await mailed("p-2");
  const bounce = JSON.stringify({ eventType: "Bounce", mail: one.mail, bounce: hard("p-1") });
  const complained = [{ emailAddress: "P-2 <p-2@EXAMPLE.org>" }];
  const complaint = {
    eventType: "Complaint",
    mail: two.mail,
    complaint: { ...sesComplaint, complainedRecipients: complained },
  };
  for (const body of [bounce, bounce, inSns(complaint), inSns(complaint)]) await send(body);
  await eventually("the bounce is written", async () => (await ledger.get(key, "p-1"))?.bounced);
  await eventually("the complaint is written", async () => (await ledger.get(key, "p-2"))?.complained);
  const people = participants(test1.aws, test1.config);
  expect(await people.get("p-1")).toMatchObject({ suppression: { code: "5.1.1", address: "p-1@example.org" } });
  expect(await people.get("p-2")).toMatchObject({ unsubscribe: true, unsubscribedBy: "complaint" });
});

test("an event of a mail that is being sent comes back until its outcome is known", async () => {
  const { mail, messageId } = await mailed("p-3", { status: "sending", endedAt: undefined });
  await send(JSON.stringify({ eventType: "Bounce", mail, bounce: hard("p-3") }));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await ledger.get(key, "p-3")).not.toHaveProperty("bounced");
  const outcome = { participantId: "p-3", claimId: "claim-p-3", status: "sent", messageId } as const;
  await ledger.settle(key, [{ ...outcome, endedAt: "2026-03-01T08:00:02.000Z" }]);
  await eventually("the bounce is written", async () => (await ledger.get(key, "p-3"))?.bounced);
});

test("what is no event goes to the dead-letter queue, a forged one is kept, and neither delays what is behind it", async () => {
  const { mail } = await mailed("p-4");
  await send("{not json");
  await send(JSON.stringify({ eventType: "Bounce", mail: sesMail(), bounce: hard("p-4") }));
  await send(JSON.stringify({ eventType: "Bounce", mail, bounce: hard("p-4") }));
  await eventually("the bounce is written", async () => (await ledger.get(key, "p-4"))?.bounced);
  const { bouncesDeadLettersQueueUrl } = test1.config;
  const letter = await eventually("it is a dead letter", () => waitingIn(test1.aws, bouncesDeadLettersQueueUrl), {
    withinSeconds: 30,
  });
  expect(letter).toBe("{not json");
  const { aws, config } = test1;
  const kept = unmatchedReports(aws, config, { put: async () => undefined });
  await eventually("the forged one is kept", async () => (await Array.fromAsync(kept.pages())).flat().length === 1);
  const errors = lines.filter(({ level }) => level === "error");
  expect(errors).toMatchObject([{ problem: "it is not JSON" }]);
  expect(JSON.stringify(lines)).not.toContain("p-4@");
});
