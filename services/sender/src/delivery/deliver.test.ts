import { setImmediate } from "node:timers/promises";
import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Claim, Outcome } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import type { SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { anAccount, anEvent, aParticipant, aStage } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { noMetrics, silent } from "../../testing/sendFixture.ts";
import type { Reservation } from "../limits/rateReservations.ts";
import { sendLimits } from "../sendLimits.ts";
import { deliver } from "./deliver.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import type { PersonResult } from "./person.ts";

const people = new Map(["a", "b", "c"].map((id) => [id, aParticipant({ id, email: `${id}@example.org` })]));

/** Plain objects around the engine. `beforeSlot` is where a process may freeze, or a stop arrive. */
function deliverFixture(
  beforeSlot: (n: number) => void | Promise<void> = () => {},
  giveBacks: number[] = [],
  onReady: () => void | Promise<void> = () => {},
  response: SmtpAttempt = { dataSent: true, phase: "dot", code: 250, response: "250 ok" },
) {
  let elapsed = 0;
  const clock: Clock = {
    now: () => 1_800_000_000_000 + elapsed,
    monotonic: () => elapsed,
    sleep: async (milliseconds) => {
      elapsed += milliseconds;
    },
  };
  const claims: Claim[] = [];
  const outcomes: Outcome[] = [];
  const begun: string[] = [];
  let slots = 0;
  const reservation = (count: number): Reservation => ({
    kind: "reserved",
    count,
    used: count,
    picks: Array.from({ length: count }, (_, n) => n),
    places: [],
    limited: new Map(),
    valid: () => true,
    async waitForRateSlot(prepare) {
      await beforeSlot(slots++);
      return { kind: (await prepare()) ? "due" : "declined" };
    },
    giveBack: async (count) => void giveBacks.push(count),
  });
  const ports = {
    ...{ clock, log: silent, metrics: noMetrics },
    deliveries: {
      claim: async (_: string, made: readonly Claim[]) => {
        claims.push(...made);
        return made.map(() => "claimed" as const);
      },
      settle: async (_: string, settled: readonly Outcome[]) => {
        outcomes.push(...settled);
        return settled.map(() => true);
      },
    } as unknown as Deliveries,
    participants: {
      getMany: async (ids: readonly string[]) => new Map(ids.map((id) => [id, people.get(id) as Participant])),
      suppress: async () => {},
    } as unknown as DeliveryPorts["participants"],
    limiter: {
      reserve: async (_account: unknown, wanted: number) => reservation(wanted),
      record: async () => ({}),
    } as unknown as DeliveryPorts["limiter"],
    connections: {
      ready: async () => true,
      join: () => ({ [Symbol.dispose]() {} }),
      openingMilliseconds: () => 0,
      use: (_account, _signal, work) =>
        work({
          ready: async () => {
            await onReady();
            return undefined;
          },
          send: async (mail: Mail) => {
            begun.push(mail.to.address);
            return response;
          },
          endSession: () => {},
          [Symbol.asyncDispose]: async () => {},
        }),
      [Symbol.asyncDispose]: async () => {},
    } satisfies DeliveryPorts["connections"],
    receivers: {
      of: async (addresses) => addresses.map(() => "example.org"),
      prepare() {},
      sent() {},
      shareOf: () => 1,
    },
  } satisfies DeliveryPorts;
  const stop = new AbortController();
  const lease = { proven: true };
  const right: Right = { signal: stop.signal, stillWorking: async () => true, proven: () => lease.proven };
  const results = new Map<string, PersonResult>();
  const run = (fields: Partial<Right> = {}) =>
    deliver(
      ports,
      mailRun,
      [...people.keys()].map((id) => ({ id, attempt: 1, returns: 0, hasDelivery: false })),
      { ...right, ...fields },
      { ...sendLimits, settleMilliseconds: 1, drainMilliseconds: 20 },
      (id, result) => void results.set(id, result),
    );
  const pass = (milliseconds: number) => {
    elapsed += milliseconds;
  };
  return { run, pass, stop, lease, claims, outcomes, begun, results, ports };
}

const mailRun = {
  ...{
    partition: "E_w_reg_EN",
    runId: "run",
    workOrderId: "wo-1",
    language: "EN",
    contentHash: "x",
    userStarted: true,
  },
  account: anAccount(),
  mailing: { event: anEvent(), stage: aStage() },
  compose: ({ email }: Participant) =>
    ({ to: { name: "", address: email ?? "" }, messageId: "<m@x>" }) as unknown as Mail,
} satisfies MailRun;

const statuses = (outcomes: readonly Outcome[]) => outcomes.map(({ status }) => status);

test("everyone is mailed once and recorded once", async () => {
  const { run, begun, results, claims } = deliverFixture();
  expect(await run()).toEqual({ kind: "done" });
  expect(begun).toEqual(["a@example.org", "b@example.org", "c@example.org"]);
  expect([...results.values()]).toEqual([{ kind: "sent" }, { kind: "sent" }, { kind: "sent" }]);
  expect(new Set(claims.map(({ claimId }) => claimId)).size).toBe(3);
});

test("acceptance 26: who unsubscribes while a slow server holds the batch up is not mailed, the others are", async () => {
  const giveBacks: number[] = [];
  const slow = deliverFixture((n) => {
    if (n !== 1) return;
    slow.pass(2000);
    const read = slow.ports.participants.getMany;
    slow.ports.participants.getMany = async (ids) => {
      const found = await read(ids);
      const b = found.get("b");
      return b ? found.set("b", { ...b, unsubscribe: true }) : found;
    };
  }, giveBacks);
  expect(await slow.run()).toEqual({ kind: "done" });
  expect(slow.begun).toEqual(["a@example.org", "c@example.org"]);
  expect(slow.results.get("b")).toEqual({ kind: "skipped", reason: "unsubscribed" });
  expect(statuses(slow.outcomes).sort()).toEqual(["deferred", "sent", "sent"]);
  expect(giveBacks).toEqual([1]);
});

test("acceptance 7: a process that wakes between claim and message, its lease too old, begins nothing", async () => {
  const frozen = deliverFixture(() => {
    frozen.lease.proven = false;
  });
  expect(await frozen.run()).toEqual({ kind: "ended" });
  expect(frozen.begun).toEqual([]);
  expect(statuses(frozen.outcomes)).toEqual(["deferred", "deferred", "deferred"]);
});

test("acceptance 7: a claim of a minute ago begins nothing; it is made again", async () => {
  let frozenOnce = false;
  const slow = deliverFixture(() => {
    if (!frozenOnce) slow.pass(60_000);
    frozenOnce = true;
  });
  expect(await slow.run()).toEqual({ kind: "done" });
  expect(slow.begun).toHaveLength(3);
  expect(slow.claims).toHaveLength(6);
  expect(statuses(slow.outcomes).slice(0, 3)).toEqual(["deferred", "deferred", "deferred"]);
});

test("acceptance 9: a message whose rate slot is at sendUntil is not begun; everyone left is skipped", async () => {
  const late = deliverFixture(async (n) => {
    if (n === 0) return;
    await setImmediate();
    late.pass(2000);
  });
  expect(await late.run({ sendUntil: 1_800_000_000_000 + 2000 })).toEqual({ kind: "done" });
  expect(late.begun).toHaveLength(1);
  expect([...late.results.values()].filter(({ kind }) => kind === "skipped")).toEqual([
    { kind: "skipped", reason: "send-until" },
    { kind: "skipped", reason: "send-until" },
  ]);
});

test("after a stop no message begins; claimed ones are deferred and their reservations returned", async () => {
  const giveBacks: number[] = [];
  const stopped = deliverFixture((n) => {
    if (n === 1) stopped.stop.abort(new AppError("stopped", "Send was stopped."));
  }, giveBacks);
  expect(await stopped.run()).toEqual({ kind: "ended" });
  expect(stopped.begun.length).toBeLessThan(3);
  const deferred = statuses(stopped.outcomes).filter((status) => status === "deferred").length;
  expect(deferred).toBe(3 - stopped.begun.length);
  expect(sumOf(giveBacks)).toBe(deferred);
});

test("an account that turns out to be paused before a message begins nothing, and everything is returned", async () => {
  const giveBacks: number[] = [];
  const { run, ports, begun, outcomes } = deliverFixture(undefined, giveBacks);
  const { reserve } = ports.limiter;
  const until = 1_800_000_060_000;
  ports.limiter.reserve = async (...args) => {
    const result = await reserve(...args);
    return result.kind === "reserved"
      ? { ...result, waitForRateSlot: async () => ({ kind: "paused", until }) }
      : result;
  };
  expect(await run()).toEqual({ kind: "waited", until, cause: "paused" });
  expect(begun).toEqual([]);
  expect(statuses(outcomes)).toEqual(["deferred", "deferred", "deferred"]);
  expect(sumOf(giveBacks)).toBe(3);
});

const sumOf = (giveBacks: readonly number[]) => giveBacks.reduce((sum, count) => sum + count, 0);

test("claims that were made still come to an end when the refused ones cannot be looked up", async () => {
  const giveBacks: number[] = [];
  const { run, ports, begun, outcomes } = deliverFixture(undefined, giveBacks);
  const { claim } = ports.deliveries;
  ports.deliveries.claim = async (...args) => (await claim(...args)).map((result, n) => (n === 1 ? "refused" : result));
  ports.deliveries.getMany = async () => {
    throw new AppError("storage", "DynamoDB did not respond.");
  };
  await expect(run()).rejects.toMatchObject({ code: "storage" });
  expect(outcomes).toHaveLength(2);
  expect(statuses(outcomes).filter((status) => status === "sent")).toHaveLength(begun.length);
  expect(sumOf(giveBacks)).toBe(3 - begun.length);
});

test("reservations of messages that cannot begin because Redis went away are returned", async () => {
  const giveBacks: number[] = [];
  const cut = deliverFixture(() => {
    throw new AppError("dependency", "Redis does not respond.");
  }, giveBacks);
  await expect(cut.run()).rejects.toMatchObject({ code: "dependency" });
  expect(cut.begun).toEqual([]);
  expect(statuses(cut.outcomes)).toEqual(["deferred", "deferred", "deferred"]);
  expect(sumOf(giveBacks)).toBe(3);
});

test("an outcome outlives an outage of minutes", async () => {
  const long = deliverFixture();
  const { settle } = long.ports.deliveries;
  long.ports.deliveries.settle = async (...args) => {
    if (long.ports.clock.monotonic() < 120_000) throw new AppError("storage", "DynamoDB did not respond.");
    return settle(...args);
  };
  expect(await long.run()).toEqual({ kind: "done" });
  expect(statuses(long.outcomes)).toEqual(["sent", "sent", "sent"]);
});

test("a connection that had to be opened again begins nothing behind a stop", async () => {
  let looks = 0;
  const slow = deliverFixture(undefined, [], async () => {
    looks += 1;
    // The second look of the first message finds its connection broken, and opening it takes until after a stop.
    if (looks > 3) slow.stop.abort(new AppError("stopped", "Send was stopped."));
  });
  expect(await slow.run()).toEqual({ kind: "ended" });
  expect(slow.begun).toEqual([]);
});

test("at the end of a shutdown only what was begun is in doubt; what waits for a silent server is deferred", async () => {
  const silentServer = deliverFixture(undefined, [], () => {
    silentServer.stop.abort(new AppError("shutting-down", "The service is shutting down."));
    return new Promise<void>(() => {});
  });
  expect(await silentServer.run()).toEqual({ kind: "ended" });
  expect(statuses(silentServer.outcomes)).toEqual(["deferred", "deferred", "deferred"]);
});

test("at the end of a graceful shutdown messages without a reply are in doubt, also if they are the last", async () => {
  const silentServer = deliverFixture();
  silentServer.ports.connections.use = (_account, _signal, work) =>
    work({
      ready: async () => {},
      send: async ({ to }) => {
        if (to.address !== "c@example.org") return { dataSent: true, phase: "dot", code: 250, response: "250 ok" };
        setTimeout(() => silentServer.stop.abort(new AppError("shutting-down", "The service is shutting down.")), 5);
        return new Promise<never>(() => {});
      },
      endSession: () => {},
      [Symbol.asyncDispose]: async () => {},
    });
  expect(await silentServer.run()).toEqual({ kind: "ended" });
  expect(statuses(silentServer.outcomes).sort()).toEqual(["in-doubt", "sent", "sent"]);
});

test("a person deleted since planning cannot be suppressed, and that stops no other", async () => {
  const gone = deliverFixture(undefined, [], undefined, {
    dataSent: false,
    phase: "rcpt",
    code: 550,
    response: "550 5.1.1 No such user",
  });
  gone.ports.participants.suppress = async () => {
    throw new AppError("not-found", "Participant a does not exist.");
  };
  expect(await gone.run()).toEqual({ kind: "done" });
  expect([...gone.results.values()].map(({ kind }) => kind)).toEqual(["failed", "failed", "failed"]);
});

test("an address that does not exist is suppressed also while Redis is away", async () => {
  const refused = deliverFixture(undefined, [], undefined, {
    dataSent: false,
    phase: "rcpt",
    code: 550,
    response: "550 5.1.1 No such user",
  });
  const suppressed: string[] = [];
  refused.ports.participants.suppress = async (id) => void suppressed.push(id);
  refused.ports.limiter.record = async () => {
    throw new AppError("dependency", "Redis does not respond.");
  };
  await expect(refused.run()).rejects.toMatchObject({ code: "dependency" });
  expect(suppressed.length).toBeGreaterThan(0);
});

test("an account that is paused while the next batch waits for its rate slot ends the session as paused, not as a failure", async () => {
  const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
  const slow = deliverFixture(undefined, [], undefined, {
    dataSent: false,
    phase: "rcpt",
    code: 421,
    response: "421 4.7.0 Slow down",
  });
  const { reserve } = slow.ports.limiter;
  let batches = 0;
  slow.ports.limiter.reserve = async (account, _wanted, patience, signal) => {
    batches += 1;
    // One at first, whose reply arrives while the others wait for the rate.
    if (batches === 1) return reserve(account, 1, patience, signal);
    waits();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  };
  slow.ports.limiter.record = async () => {
    await waiting;
    return { pausedUntil: slow.ports.clock.now() + 60_000 };
  };
  expect(await slow.run()).toMatchObject({ kind: "waited", cause: "paused" });
});
