import { describe, expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import { mailingKeysOnceStarted, mailingsOf } from "./orderMailings.ts";

const at = (fields: Parameters<typeof anOrder>[0]) => anOrder({ languages: ["EN", "SP"], ...fields });

describe("acceptance 67: an order keeps every mailing it has begun", () => {
  test("keys are added once, in order, over revisions, stages and languages", () => {
    let mailingKeys = mailingKeysOnceStarted(at({ mailingKeys: [] }));
    mailingKeys = mailingKeysOnceStarted(at({ mailingKeys }));
    mailingKeys = mailingKeysOnceStarted(at({ mailingKeys, revision: 1 }));
    mailingKeys = mailingKeysOnceStarted(at({ mailingKeys, stage: "reminder", languages: ["EN"] }));
    expect(mailingKeys).toEqual([
      ...["E2026_weekend_reg_EN", "E2026_weekend_reg_SP"],
      ...["E2026_weekend_reg_1_EN", "E2026_weekend_reg_1_SP", "E2026_weekend_reminder_EN"],
    ]);
    const mailings = mailingsOf(at({ mailingKeys, revision: 1 }));
    expect(mailings.map(({ hasBegun }) => hasBegun)).toEqual([true, true, true]);
    expect(mailingsOf(at({ mailingKeys, revision: 2 }))[0].hasBegun).toBe(false);
    expect(mailings.map(({ name, languages, isCurrent }) => [name, languages.join(), isCurrent])).toEqual([
      ["E2026_weekend_reg_1", "EN,SP", true],
      ["E2026_weekend_reminder", "EN", false],
      ["E2026_weekend_reg", "EN,SP", false],
    ]);
  });

  test("a language taken out of the order stays in the mailings that had it", () => {
    const mailingKeys = mailingKeysOnceStarted(at({ mailingKeys: [] }));
    const [current, first] = mailingsOf(at({ mailingKeys, languages: ["EN"], revision: 1 }));
    expect([current.languages, first?.languages]).toEqual([["EN"], ["EN", "SP"]]);
  });

  test("an order of the version before offers the revisions below its own, and keeps them at its next start", () => {
    const old = at({ revision: 2, languages: ["EN"] });
    expect(mailingsOf(old).map(({ name }) => name)).toEqual([
      ...["E2026_weekend_reg_2", "E2026_weekend_reg_1", "E2026_weekend_reg"],
    ]);
    expect(mailingKeysOnceStarted(old)).toEqual([
      ...["E2026_weekend_reg_EN", "E2026_weekend_reg_1_EN", "E2026_weekend_reg_2_EN"],
    ]);
    expect(mailingsOf(at({ mailingKeys: [], revision: 2 }))).toHaveLength(1);
  });
});
