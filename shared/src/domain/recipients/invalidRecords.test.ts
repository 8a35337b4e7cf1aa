import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aLanguage, anEvent, aPool, aStage } from "../../../testing/builders.ts";
import type { Detail } from "../workOrder.ts";
import { openInvalidRecords, tooManyInvalid, withoutParticipant } from "./invalidRecords.ts";
import { readParticipant } from "./participant.ts";
import { checkPools } from "./pool.ts";
import { notMailable, skipReason } from "./recipientFilter.ts";

const ana = { id: "p1", email: "ana@example.org", first: "Ana" };

describe("acceptance 64: a broken record is skipped as invalid-record, whatever is wrong in it", () => {
  test.each([
    [{ programs: "E2026" }, "programs"],
    [{ programs: { E2026: { join: "yes" } } }, "programs.E2026.join"],
    [{ unsubscribe: 1 }, "unsubscribe"],
    [{ suppression: "hard bounce" }, "suppression"],
    [{ suppression: { address: "ana@example.org", code: "5.1.1", at: "yesterday" } }, "suppression.at"],
    [{ email: ["ana@example.org"] }, "email"],
    [{ first: { name: "Ana" } }, "first"],
    [{ practice: [] }, "practice"],
    [{ emails: "none" }, "emails"],
  ])("%j", (broken, field) => {
    const participant = readParticipant({ ...ana, ...broken });
    expect(participant.invalidRecord).toMatchObject({ field, problem: expect.any(String) });
    expect(notMailable(participant, { event: anEvent(), stage: aStage() })).toBe("invalid-record");
    expect(participant).not.toHaveProperty(field.split(".")[0] as string);
  });

  test("no value of a wrong type makes a person a recipient", () => {
    const names = ["email", "first", "last", "practice", "programs", "unsubscribe", "suppression", "emails"];
    const pools = checkPools(new Map([["everyone", aPool()]]), ["everyone"]);
    const mailing = {
      ...{ mailingKey: "E2026_weekend_reg_EN", event: anEvent(), subEvent: "weekend", stage: aStage() },
      ...{ language: aLanguage("EN"), pools },
    };
    const unknown = { reached: false, failedPermanently: false };
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (fields) => {
        const participant = readParticipant({ ...ana, ...fields });
        const reason = skipReason(mailing, participant, unknown, "user-started");
        if (participant.invalidRecord) expect(reason).toBe("invalid-record");
        // Only an explicit no, or nothing, lets a mail through.
        if (reason === undefined) expect([undefined, null, false]).toContain(fields["unsubscribe"]);
      }),
      { numRuns: 500 },
    );
  });

  test("who was reached already stays so, and a field of that name in the table decides nothing", () => {
    expect(readParticipant({ ...ana, invalidRecord: { field: "x", problem: "y" } }).invalidRecord).toBeUndefined();
    expect(readParticipant({ ...ana, later: { unknown: true } })).toMatchObject({ later: { unknown: true } });
  });
});

test("a report names the first twenty with their field and no value, and counts all", () => {
  const records = openInvalidRecords();
  for (let n = 0; n < 30; n += 1) records.note(readParticipant({ id: `p${n}`, unsubscribe: "ana@example.org" }));
  for (let n = 0; n < 5000; n += 1) records.note(readParticipant({ id: `q${n}` }));
  const { details, remark, isError } = records.report();
  expect(isError).toBe(false);
  expect(details).toHaveLength(20);
  expect(details[0]?.text).toBe(
    "Participant p0 is not mailed: the field unsubscribe of the record does not fit (expected boolean, received string).",
  );
  expect(remark).toContain("30 people are not mailed");
});

test("a key of the record that is an address is masked, and a user of some events learns neither whose record nor which field", () => {
  const records = openInvalidRecords();
  records.note(readParticipant({ id: "p7", practice: { "ana@example.org": "yes" } }));
  const [detail] = records.report().details as [Detail];
  expect(detail.text).toContain("Participant p7 is not mailed: the field …@example.org of the record");
  expect(withoutParticipant(detail).text).not.toMatch(/p7|practice|example/);
  const other = { ...detail, rule: "Q5" };
  expect(withoutParticipant(other)).toBe(other);
});

test.each([
  [19, 19, false],
  [20, 20, true],
  [20, 2000, false],
  [21, 2000, true],
  [5000, 1_000_000, false],
])("%i broken of %i records: an error is %s", (invalid, read, isError) => {
  expect(tooManyInvalid(invalid, read)).toBe(isError);
});
