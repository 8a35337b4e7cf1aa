import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { aClaim, anOutcome } from "@email-agent/shared/testing/claims.ts";
import { startTables } from "@email-agent/shared/testing/tables.ts";
import { expect, test } from "vitest";
import { silent } from "../../testing/sendFixture.ts";
import { unsettledClaims } from "./unsettledClaims.ts";

test("a reply that the database cannot hold costs no one their outcome, and no time", async () => {
  await using tables = await startTables();
  const ledger = deliveries(tables.aws, tables.names);
  const claims = ["p-1", "p-2", "p-3"].map((participantId) => aClaim({ participantId }));
  const rule = { runId: claims[0]!.runId, now: "2026-03-01T08:00:00.000Z", userStarted: true };
  expect(await ledger.claim("E2026_weekend_reg_EN", claims, rule)).toEqual(claims.map(() => "claimed"));

  const unsettled = unsettledClaims({ deliveries: ledger, clock, log: silent }, "E2026_weekend_reg_EN", {
    settleMilliseconds: 50,
    finalWriteMilliseconds: 300_000,
  });
  unsettled.claimed(claims.length);
  const accepted: boolean[] = [];
  const began = performance.now();
  for (const [n, claim] of claims.entries()) {
    const smtpResponse = n === 1 ? "x".repeat(500_000) : "250 Queued";
    const outcome = anOutcome(claim, { status: "sent", smtpResponse });
    unsettled.end({ outcome, result: { kind: "sent" } }, (isAccepted) => accepted.push(isAccepted));
  }
  await unsettled.atMost(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(accepted).toEqual([true, true, true]);
  const stored = await ledger.getMany("E2026_weekend_reg_EN", ["p-1", "p-2", "p-3"]);
  expect([...stored.values()].map(({ status }) => status)).toEqual(["sent", "sent", "sent"]);
  expect(stored.get("p-2")?.smtpResponse).toBe("The reply of the mail server could not be stored");
});
