import { type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { expect, test } from "vitest";
import { batchSize } from "./deliver.ts";
import { outcomeOf } from "./outcomeOf.ts";

const waits = [60_000, 300_000, 900_000];
const now = Date.parse("2026-11-23T08:00:00.000Z");

function end(response: SmtpAttempt, candidate: { attempt?: number; returns?: number } = {}) {
  const verdict = smtpVerdict(response, { dailyLimitTexts: [] });
  const person = { id: "p-1", attempt: 1, returns: 0, hasDelivery: false, ...candidate };
  return outcomeOf(person, { claimId: "c-1", messageId: "<m@x>" }, { verdict, response }, now, waits);
}
const greylisted: SmtpAttempt = { dataSent: false, phase: "rcpt", code: 450, response: "450 4.2.0 Greylisted" };
const unreachable: SmtpAttempt = { dataSent: false, phase: "connect", failure: "timeout" };

test("a greylisted recipient is retried after 1, 5 and 15 minutes, then failed, not permanently", () => {
  const nextAttempts = [1, 2, 3].map((attempt) => end(greylisted, { attempt }).outcome.nextAttemptAt);
  expect(nextAttempts).toEqual(["2026-11-23T08:01:00.000Z", "2026-11-23T08:05:00.000Z", "2026-11-23T08:15:00.000Z"]);
  expect(end(greylisted, { attempt: 4 })).toMatchObject({
    outcome: { status: "failed", permanent: false },
    result: { kind: "failed" },
  });
});

test("an account that cannot send leaves the person as before, but no one is tried endlessly", () => {
  expect(end(unreachable)).toMatchObject({ outcome: { status: "deferred" } });
  expect(end(unreachable).result).toBeUndefined();
  expect(end(unreachable).outcome.nextAttemptAt).toBeUndefined();
  expect(end(unreachable, { returns: 3 })).toMatchObject({ result: { kind: "retry", at: now + 60_000 } });
});

test("without a reply after DATA the delivery is in doubt", () => {
  const lost: SmtpAttempt = { dataSent: true, phase: "dot", failure: "lost" };
  expect(end(lost)).toMatchObject({ outcome: { status: "in-doubt" }, result: { kind: "in-doubt" } });
});

test("a batch is what the account sends in one second or one on each connection, 1 to 25", () => {
  const sizes = [
    [0.2, 1],
    [0.2, 3],
    [2.9, 1],
    [14, 20],
    [14, 2],
    [500, 40],
  ].map(([ratePerSecond = 0, maxConnections = 0]) => batchSize({ ratePerSecond, maxConnections }));
  expect(sizes).toEqual([1, 3, 2, 20, 14, 25]);
});
