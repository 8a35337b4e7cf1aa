import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openSharedAddresses } from "./sharedAddresses.ts";

const detailsOf = (people: readonly (readonly [string, string])[]) => {
  const shared = openSharedAddresses();
  for (const [id, email] of people) shared.note({ id, email });
  return shared.details().map(({ text }) => text);
};

describe("acceptance 65: addresses on more than one record are counted and their people named", () => {
  test("ignoring case and blanks; each language notes the same people again", () => {
    const people = [
      ["p1", "same@example.org"],
      ["p2", "other@example.org"],
      ["p3", " Same@Example.org "],
      ["p4", "SAME@example.org"],
    ] as const;
    expect(detailsOf([...people, ...people])).toEqual([
      "1 address is on more than one record (3 people): each of them gets a mail.",
      "Participant p3 has the same address as participant p1.",
      "Participant p4 has the same address as participant p1.",
    ]);
    expect(detailsOf(people.slice(0, 2))).toEqual([]);
  });

  test("the numbers are right whatever the order, and the list ends after twenty", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 120 }), (addresses) => {
        const groups = Object.values(Object.groupBy(addresses, (address) => address)).filter(
          (group) => (group?.length ?? 0) > 1,
        );
        const people = groups.reduce((sum, group) => sum + (group?.length ?? 0), 0);
        const texts = detailsOf(addresses.map((address, n) => [`id-${n}-ö`, `a${address}@example.org`]));
        expect(texts.length).toBe(people === 0 ? 0 : 1 + Math.min(20, people - groups.length));
        if (people > 0) expect(texts[0]).toContain(`(${people} people)`);
      }),
    );
  });

  test("a hundred thousand people with ids of any length", () => {
    const shared = openSharedAddresses();
    for (let n = 0; n < 100_000; n += 1) shared.note({ id: `${"x".repeat(n % 60)}${n}`, email: `${n}@example.org` });
    expect(shared.details()).toEqual([]);
    shared.note({ id: "late", email: "99999@example.org" });
    expect(shared.details()[1]?.text).toBe(
      `Participant late has the same address as participant ${"x".repeat(99_999 % 60)}99999.`,
    );
  });
});
