import { stepNamed } from "@email-agent/shared/domain/steps.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import { Queue } from "bullmq";
import fc from "fast-check";
import { Redis } from "ioredis";
import { quick, startSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed, Trial } from "../scenario.ts";
import { capturedLog } from "./capturedLog.ts";
import { hostileJson } from "./hostileJson.ts";

/** Jobs of every shape on the queues of the sender: each is dropped with a line in the log, and a Send works as ever. */
export async function hostileJobs({ seed, tries }: Trial & { readonly tries: number }): Promise<Observed> {
  await using stack = new AsyncDisposableStack();
  const people = somePeople(5, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` }));
  const fixture = stack.use(await openSendFixture({ people }));
  const { log, lines, judge } = capturedLog();
  const order = await fixture.addOrder();
  const example = { v: 1, workOrderId: order.id, runId: "01RUN", token: 1, addedAt: 1 };
  const examples = [
    example,
    { ...example, sk: "chunk#EN#000000", account: "office" },
    { ...example, settles: "2026-01-01T00:00:00.000Z" },
  ];
  const made = fc.tuple(hostileJson, fc.constantFrom(...examples)).map(([make, one]) => make(one));
  // BullMQ itself cannot write what is nested deeper.
  const texts = fc.sample(
    made.filter((text) => !text.includes("[".repeat(1000))),
    { seed, numRuns: tries },
  );
  const redis = new Redis(fixture.stack.redisUrl, { maxRetriesPerRequest: null });
  stack.defer(() => redis.disconnect());
  const queues = [stepNamed("Send").queue, stepNamed("Test").queue, chunkQueueName].map(
    (name) => new Queue(name, { connection: redis }),
  );
  stack.defer(async () => void (await Promise.all(queues.map((queue) => queue.close()))));
  for (const [n, text] of texts.entries()) {
    const queue = queues[n % queues.length] as Queue;
    await queue.add("job", JSON.parse(text), { removeOnComplete: true, removeOnFail: true });
  }
  stack.use(await startSender(fixture, { ...quick, log }));
  await fixture.command(order.id, "Send", "start");
  await fixture.ended(order.id, "Send", 60);
  await fixture.settled(order.id);
  const accepted = fixture.inbox.messages({}).map(({ id }) => fixture.inbox.source(id).toString("latin1"));
  const violations = await judgeMailing(fixture, order, accepted, { people: people.length, inDoubtAtMost: 0 });
  for (const queue of queues) {
    const counts = await queue.getJobCounts("waiting", "active", "failed");
    if (Object.values(counts).some((count) => count > 0))
      violations.push(`${queue.name} still has ${JSON.stringify(counts)}.`);
  }
  if (!lines.some((line) => line.includes("a job has an unknown shape and was dropped")))
    violations.push("No line of the log says that a job was dropped.");
  const leaked = judge();
  return { tries: texts.length, violations: leaked ? [...violations, leaked] : violations };
}
