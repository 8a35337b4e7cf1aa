import fc from "fast-check";
import { expect, test } from "vitest";
import { newPlan } from "./planRun.ts";
import { type Handled, handledPeople, liveCounters } from "./runCounters.ts";

const handled: fc.Arbitrary<Handled> = fc.record({
  sent: fc.nat(50),
  skipped: fc.nat(50),
  failed: fc.nat(50),
  inDoubt: fc.nat(50),
});

test("at every moment total = sent + failed + skipped + in doubt + those still to be mailed", () => {
  fc.assert(
    fc.property(handled, handled, fc.nat(100), (before, thisRun, left) => {
      const plan = {
        ...newPlan("run", 1, ["EN"], 0),
        planned: { EN: handledPeople(thisRun) + left },
        before: { EN: { ...before, skipped: 0, total: before.sent + before.failed + before.inDoubt } },
      };
      const {
        total,
        sent,
        failed,
        skipped,
        inDoubt,
        thisRun: own,
      } = liveCounters(plan, "EN", { ...thisRun, reasons: {} });
      expect(total).toBe(sent + failed + skipped + inDoubt + left);
      expect(skipped).toBe(thisRun.skipped);
      expect(own?.total).toBe(handledPeople(thisRun) + left);
    }),
  );
});
