import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { startIngest } from "../../../services/ingest/src/ingest.ts";
import { scriptedServer } from "../../../services/sender/testing/scriptedServer.ts";
import { type InProcessSender, quick, startSender } from "../../../services/sender/testing/senders.ts";
import {
  noMetrics,
  openSendFixture,
  type SendFixture,
  type SendFixtureOptions,
  silent,
  somePeople,
} from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import type { Observed } from "../scenario.ts";

const senders = 2;
/** From the end of the fault to the end of the Send. */
const recoversWithinSeconds = 90;

/** Times of the product, a sixth to a twentieth of those of production, so that a fault of seconds is to them what one of a minute is there. */
const runTimes = {
  heartbeatMilliseconds: 500,
  proofMilliseconds: 3000,
  claimMilliseconds: 8000,
  pickUpMilliseconds: 2000,
  takeOverMilliseconds: 10_000,
};

export interface MailingOptions extends Pick<SendFixtureOptions, "redisUrl" | "dynamoUrl"> {
  readonly people?: number;
  readonly account?: Partial<Account>;
  /** Variables of ingest and the senders in place of those of the stack, as the address of a proxy. */
  environment?(given: SendFixture["stack"]["config"]): Promise<Record<string, string>>;
  /** How many mails are accepted when the fault begins; with 0 it begins with the command. */
  readonly after?: number;
  /** Mails in doubt that the fault excuses; default none, as a store is not the mail server. */
  readonly inDoubtAtMost?: number;
  /** The fault ends the Send, which says so; a user then starts it once more. */
  readonly isStartedAgain?: boolean;
  /** When the fault was over (`performance.now()`), asked after the Send; default: as soon as `fault` has resolved. */
  overAt?(): number;
}

/** The Send as a fault sees it. */
export interface Underway {
  /** How many mails the server has accepted so far. */
  accepted(): number;
}

/**
 * A Send of a small mailing by two senders and an ingest, with `fault` in its middle: it resolves when the fault is over, and
 * the Send has to end complete and true by itself.
 */
export async function mailingUnderFault(
  fault: (underway: Underway) => Promise<void>,
  options: MailingOptions = {},
): Promise<Observed> {
  const { people = 40, account, after = 8, inDoubtAtMost = 0 } = options;
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await scriptedServer(undefined, { pipelining: true }));
  const fixture = stack.use(
    await openSendFixture({
      people: somePeople(people, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` })),
      account: { port: server.port, ratePerSecond: 20, maxConnections: 2, ...account },
      ...(options.redisUrl && { redisUrl: options.redisUrl }),
      ...(options.dynamoUrl && { dynamoUrl: options.dynamoUrl }),
    }),
  );
  const environment = (await options.environment?.(fixture.stack.config)) ?? {};
  stack.use(await startIngestOf(fixture, environment));
  const working: InProcessSender[] = [];
  for (let n = 0; n < senders; n += 1)
    working.push(
      stack.use(
        await startSender(fixture, {
          limits: { ...quick.limits, ...runTimes },
          // A connection slot that could not be given back is free after this.
          limitTimes: { slotMilliseconds: 3000 },
          environment,
        }),
      ),
    );
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  const accepted = () => server.accepted.length;
  await eventually("mails are accepted", () => accepted() >= after, { withinSeconds: 60 });
  const early = await fixture.step(order.id, "Send");
  await fault({ accepted });
  const began = performance.now();
  const ended = () =>
    fixture.ended(order.id, "Send", recoversWithinSeconds).catch((error) => {
      throw new Error(`${error.message} ${accepted()} were sent. ${lastWords(working)}`);
    });
  const first = await ended();
  if (options.isStartedAgain && first.status !== "complete") await fixture.command(order.id, "Send", "start");
  const { counters } = await ended();
  const recoveryMilliseconds = performance.now() - Math.max(began, options.overAt?.() ?? 0);
  await fixture.settled(order.id);
  const violations = await judgeMailing(fixture, order, server.accepted, { people, inDoubtAtMost });
  if (early.status !== "working") violations.push("The Send had ended before the fault.");
  violations.push(...(await judgeQuota(fixture, accepted())));
  return { violations, recoveryMilliseconds, inDoubt: counters?.inDoubt ?? 0 };
}

/** What the senders said last, for a Send that does not end. */
function lastWords(senders: readonly InProcessSender[]): string {
  const lines = senders.flatMap(({ logged }, n) =>
    logged
      .filter(({ level }) => level !== "debug")
      .slice(-8)
      .map(({ message, fields }) => `sender ${n}: ${message} ${fields["error"] ?? ""}`),
  );
  return lines.join("\n");
}

/** Each accepted mail was counted before it went out. */
async function judgeQuota(fixture: SendFixture, accepted: number): Promise<string[]> {
  const items = await fixture.itemsOf(fixture.stack.config.QUOTA_TABLE);
  const used = items.reduce((sum, item) => sum + Number(item["used"]), 0);
  return used >= accepted ? [] : [`The quota counts ${used} mails, ${accepted} were accepted.`];
}

/** Ingest as `main.ts` runs it, with shorter times. */
async function startIngestOf(fixture: SendFixture, environment: Record<string, string>): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const config = { ...fixture.stack.config, ...environment };
  const aws = starting.use(openAws(config, silent));
  const redis = starting.use(await openRedis(config, silent));
  const shutdown = new AbortController();
  starting.use(
    startIngest({
      ...{ aws, redis, config, log: silent, metrics: noMetrics, signal: shutdown.signal },
      limits: { ...runTimes, lossesSurvived: 2 },
      sweepMilliseconds: 1000,
      pollSeconds: 1,
    }),
  );
  starting.defer(() => shutdown.abort());
  const running = starting.move();
  return { [Symbol.asyncDispose]: () => running.disposeAsync() };
}
