import { createHash } from "node:crypto";
import { DeleteCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { type Deliveries, deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { type Runs, runs } from "@email-agent/shared/adapters/runs.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { type WorkOrderStore, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Action } from "@email-agent/shared/domain/command.ts";
import type { Pool, Stage } from "@email-agent/shared/domain/configItems.ts";
import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { EventRecord } from "@email-agent/shared/domain/event.ts";
import type { RunLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import {
  anAccount,
  anEvent,
  anOrder,
  aParticipant,
  aPool,
  aStage,
  someLanguages,
  someSettings,
} from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { type Inbox, startInbox } from "../../../infra/local/inbox.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { acceptCommand } from "../../ingest/src/acceptCommand.ts";
import { runReaper } from "../../ingest/src/reapRuns.ts";
import { settleRuns } from "../../ingest/src/settleRuns.ts";

const sampleHtml = `<html><body><p>Dear ||name||,</p><p><a href="https://example.org/x">More</a></p><p><a href="*|UNSUB|*">Unsubscribe</a></p></body></html>`;

export interface SendFixtureOptions {
  readonly account?: Partial<Account>;
  readonly stage?: Partial<Stage>;
  readonly event?: Partial<EventRecord>;
  readonly settings?: Partial<Settings>;
  readonly people?: readonly Participant[];
  /** How long a received message stays hidden, instead of 30 s. */
  readonly visibilitySeconds?: number;
  /** Where the test runs a store itself. */
  readonly redisUrl?: string;
  readonly dynamoUrl?: string;
}

/** Fixture: a whole environment for the sender, over the wire: tables, bucket, Redis, an SMTP inbox, an organisation, and ingest. */
export interface SendFixture extends AsyncDisposable {
  readonly stack: TestStack;
  readonly inbox: Inbox;
  readonly orders: WorkOrderStore;
  readonly deliveries: Deliveries;
  readonly runs: Runs;
  /** The environment of a sender process. */
  readonly environment: Record<string, string>;
  addPeople(people: readonly Participant[]): Promise<void>;
  removePeople(people: readonly Participant[]): Promise<void>;
  addAccount(account: Partial<Account>): Promise<void>;
  addPool(pool: Partial<Pool>): Promise<void>;
  addEvent(event: Partial<EventRecord> & Pick<EventRecord, "aid">): Promise<void>;
  /** `key`: `<event or default>#<key>#<language or universal>`. */
  addPrompt(key: string, text: string): Promise<void>;
  /** An order whose earlier steps are complete and whose content is published; `done`: which steps. */
  addOrder(fields?: Partial<WorkOrder>, html?: string, done?: readonly StepName[]): Promise<WorkOrder>;
  /** A command of a user, accepted by ingest. Returns the command id, which is the run id of a start. */
  command(
    workOrderId: string,
    step: StepName,
    action: Action,
    confirmedRecipients?: number,
    selection?: string,
  ): Promise<string>;
  /** What ingest does every 5 s. */
  reap(limits: RunLimits): Promise<void>;
  /** What ingest does every 5 s for the claims of ended runs. */
  settle(): Promise<void>;
  step(workOrderId: string, step: StepName): Promise<StepRecord>;
  /** Waits until the step neither works nor waits for a worker. */
  ended(workOrderId: string, step: StepName, withinSeconds?: number): Promise<StepRecord>;
  /** Waits until no claim of an ended run of the order is left, as ingest settles them. */
  settled(workOrderId: string, withinSeconds?: number): Promise<void>;
  /** Every delivery of one language of the order. */
  ledger(order: WorkOrder, language?: string): Promise<Delivery[]>;
  emptyRedis(): Promise<void>;
  itemsOf(table: string): Promise<Record<string, unknown>[]>;
}

export async function openSendFixture(options: SendFixtureOptions = {}): Promise<SendFixture> {
  await using starting = new AsyncDisposableStack();
  const [stack, inbox] = await Promise.all([
    startTestStack({ ...options, redis: true, cloud: true }).then((started) => starting.use(started)),
    startInbox().then((started) => starting.use(started)),
  ]);
  const { aws, config } = stack;
  const redis = starting.use(await openRedis(config, silent));
  const flags = starting.use(cancelFlags(redis, { log: silent }));
  const queues = starting.use(stepQueues(redis, { log: silent }));
  const orders = workOrderStore(aws, config, { log: silent, metrics: noMetrics });
  const ingest = { orders, queues, flags, clock, log: silent, metrics: noMetrics, audit: audit(aws, config) };
  const settle = settleRuns(ingest, { lostMilliseconds: 1000 });
  const ledger = deliveries(aws, config);
  const content = documents(aws, config);
  const put = (TableName: string, Item: Record<string, unknown>) =>
    aws.dynamo.send(new PutCommand({ TableName, Item }));

  await Promise.all(["E2026", "F2026"].map((aid) => put(config.EVENTS_TABLE, anEvent({ ...options.event, aid }))));
  const configItems: [string, string, object][] = [
    ["stage", "reg", aStage(options.stage)],
    ["pool", "everyone", aPool()],
    ["account", "office", anAccount({ port: inbox.smtpPort, ...options.account })],
    ...[...someLanguages()].map(([code, language]): [string, string, object] => ["language", code, language]),
    ...Object.entries(someSettings(options.settings)).map(([name, value]): [string, string, object] => [
      "setting",
      name,
      { value },
    ]),
  ];
  await Promise.all(configItems.map(([pk, sk, item]) => put(config.CONFIG_TABLE, { ...item, pk, sk })));

  const running = starting.move();
  /** Each remembers what it saw of the heartbeats. */
  const reapers = new Map<RunLimits, ReturnType<typeof runReaper>>();
  const fixture: SendFixture = {
    stack,
    inbox,
    orders,
    deliveries: ledger,
    runs: runs(aws, config),
    environment: {
      ...(Object.fromEntries(Object.entries(config)) as Record<string, string>),
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      MAILCHIMP_REPLY_TO: "reply@example.org",
      PUBLIC_BASE_URL: "https://mail.example.org",
      PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
      HEALTH_PORT: "0",
      LOG_LEVEL: "INFO",
    },
    addPeople: (people) => putParticipants(aws, config, people),
    async removePeople(people) {
      const remove = ({ id }: Participant) =>
        aws.dynamo.send(new DeleteCommand({ TableName: config.PARTICIPANTS_TABLE, Key: { id } }));
      await Promise.all(people.map(remove));
    },
    async addPool(pool) {
      const item = aPool(pool);
      await put(config.CONFIG_TABLE, { ...item, pk: "pool", sk: item.name });
    },
    async addAccount(account) {
      const item = anAccount({ port: inbox.smtpPort, ...account });
      await put(config.CONFIG_TABLE, { ...item, pk: "account", sk: item.name });
    },
    async addEvent(event) {
      await put(config.EVENTS_TABLE, anEvent({ ...options.event, ...event }));
    },
    async addPrompt(sk, text) {
      await put(config.CONFIG_TABLE, { pk: "prompt", sk, text });
    },
    async addOrder(fields = {}, html = sampleHtml, done = ["Count", "Prepare", "Dry-Run", "Test"]) {
      const order = anOrder(fields);
      const hash = createHash("sha256").update(html).digest("hex");
      const preparedAt = instant(Date.now());
      for (const language of order.languages) {
        const s3Key = preparedKey(order, language, hash);
        await content.putNew(s3Key, html, "text/html");
        const json = JSON.stringify({ v: 1, template: "test", findings: [] });
        await content.putNew(s3Key.replace(/html$/, "json"), json, "application/json");
        order.prepared[language] = { s3Key, hash, bytes: html.length, preparedAt };
      }
      for (const name of done) order.steps[name] = { status: "complete" };
      const { version: _v, createdAt: _c, updatedAt: _u, ...rest } = order;
      return orders.create(rest as Parameters<WorkOrderStore["create"]>[0]);
    },
    async command(workOrderId, step, action, confirmedRecipients, selection) {
      const commandId = ulid();
      const requested = { requestedBy: "anna", requestedAt: instant(Date.now()) };
      const confirmed = confirmedRecipients === undefined ? {} : { confirmedRecipients };
      const asked = {
        v: 1,
        commandId,
        workOrderId,
        step,
        action,
        ...requested,
        ...confirmed,
        ...(selection && { selection }),
      } as const;
      const judged = await acceptCommand(ingest, asked);
      if (judged?.outcome !== "accepted")
        throw new Error(`${action} ${step} was ${judged?.outcome}: ${judged?.reason}`);
      return commandId;
    },
    reap(limits) {
      const reaper = reapers.get(limits) ?? runReaper(ingest, limits);
      reapers.set(limits, reaper);
      return reaper();
    },
    settle: () => settle(),
    async step(workOrderId, step) {
      const order = await orders.get(workOrderId);
      if (!order) throw new Error(`No order ${workOrderId}`);
      return order.steps[step];
    },
    ended(workOrderId, step, withinSeconds = 20) {
      return eventually(
        `${step} of ${workOrderId} has ended`,
        async () => {
          const record = await fixture.step(workOrderId, step);
          return record.status === "working" ? undefined : record;
        },
        { withinSeconds, everyMilliseconds: 50 },
      );
    },
    async settled(workOrderId, withinSeconds = 20) {
      await eventually(
        `${workOrderId} is settled`,
        async () => {
          if ((await orders.get(workOrderId))?.unsettled === undefined) return true;
          await settle();
          return undefined;
        },
        { withinSeconds, everyMilliseconds: 100 },
      );
    },
    async ledger(order, language = "EN") {
      const all: Delivery[] = [];
      for await (const page of ledger.all(mailingKey(order, language))) all.push(...page);
      return all;
    },
    async emptyRedis() {
      await redis.flushall();
    },
    async itemsOf(TableName) {
      const items: Record<string, unknown>[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await aws.dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
  if (options.people) await fixture.addPeople(options.people);
  return fixture;
}

export function somePeople(count: number, fields: (n: number) => Partial<Participant> = () => ({})): Participant[] {
  return Array.from({ length: count }, (_, n) => aParticipant(fields(n)));
}

export const noMetrics = { count: () => {}, record: () => {}, [Symbol.dispose]: () => {} };
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
