import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { anEvent, anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { expect, test } from "vitest";
import { startMailchimp } from "../../../infra/local/mailchimp.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { startWebsite } from "../../../infra/local/website.ts";
import { aMail, putConfiguration, theAudience } from "../testing/prepareFixture.ts";

const silentMetrics = { count() {}, record() {} };

/** The service as a process, with its log; a failing test leaves none behind. */
function startService(env: Record<string, string>): { process: ChildProcess; log: string[] } & Disposable {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  return { process: child, log, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

async function environment(stack: TestStack, mailchimpUrl: string, apiKey: string, siteAddress: string) {
  return {
    ...stack.config,
    MAILCHIMP_BASE_URL: mailchimpUrl,
    MAILCHIMP_API_KEY: apiKey,
    MAILCHIMP_SERVER_PREFIX: "us1",
    MAILCHIMP_AUDIENCE: theAudience.name,
    MAILCHIMP_REPLY_TO: "reply@example.org",
    PUBLIC_BASE_URL: "https://mail.example.org",
    LINK_CHECK_HOSTS: `*=${siteAddress}`,
    HEALTH_PORT: "0",
    LOG_LEVEL: "DEBUG",
  };
}

test("the service runs Count and Prepare from its queues to their end, and shuts down gracefully on SIGTERM", async () => {
  await using stack = await startTestStack({ cloud: true, redis: true });
  await using site = await startWebsite();
  await using mailchimp = await startMailchimp({
    apiKey: "very-secret-key-us1",
    audiences: [theAudience],
    templates: [{ name: "E2026-weekend-reg-EN", html: aMail('<a href="https://www.example.org/page">page</a>') }],
  });
  await putConfiguration(stack);
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.EVENTS_TABLE, Item: anEvent() }));
  await putParticipants(stack.aws, stack.config, [aParticipant(), aParticipant({ unsubscribe: true }), aParticipant()]);
  const orders = workOrderStore(stack.aws, stack.config, { log: silentLog, metrics: silentMetrics });
  await using redis = await openRedis(stack.config, silentLog);
  await using queues = stepQueues(redis, { log: silentLog });
  const { version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = anOrder();
  const { id } = await orders.create(fields);
  using service = startService(await environment(stack, mailchimp.url, mailchimp.apiKey, site.address));

  /** What ingest does on a start command, and then how the step ended. */
  const worked = async (step: StepName): Promise<StepRecord> => {
    const runId = `run-of-${step}`;
    const order = (await orders.get(id))!;
    const started = transition(order, step, { kind: "start", commandId: runId, now: Date.now() })!;
    const { runLease } = (await orders.write(id, started.write))!;
    await queues.addStep(step, { workOrderId: id, runId, token: runLease!.token });
    return eventually(`${step} ends`, async () => {
      const record = (await orders.get(id))?.steps[step];
      return record?.status !== "working" && record;
    });
  };

  expect(await worked("Count")).toMatchObject({
    status: "complete",
    message: "Already received – EN: 0; will send – EN: 2; total – EN: 2.",
  });
  expect(await worked("Prepare")).toMatchObject({
    status: "complete",
    message: "Published EN. From Mailchimp: EN.",
    details: [],
  });
  expect((await orders.get(id))?.prepared["EN"]?.s3Key).toMatch(/^prepared\/E2026\/weekend\/reg\/EN\//);
  expect(site.requests).toEqual(["HEAD www.example.org/page"]);
  expect(mailchimp.campaigns()).toEqual([]);

  service.process.kill("SIGTERM");
  const [code] = await once(service.process, "exit");
  expect(code).toBe(0);
  expect(service.log.join("")).not.toContain(mailchimp.apiKey);
});
