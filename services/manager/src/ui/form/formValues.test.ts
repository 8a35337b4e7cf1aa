import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { emptyForm } from "@email-agent/shared/domain/form/orderForm.ts";
import { expect, test } from "vitest";
import { emptyValues, type FormValues, fieldsFrom, patchOf, rebased, valuesOf } from "./formValues.ts";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const stored: OrderFields = {
  ...emptyForm,
  eventCode: "E1",
  languages: ["EN", "SP"],
  subjects: { EN: "Come", SP: "Ven" },
  sendContinuously: true,
  sendUntil: "2026-11-25T17:00:00.000Z",
  sendInterval: 90,
  revision: 2,
};
const base = valuesOf(stored);
const patch = (change: Partial<FormValues>) => patchOf({ ...base, ...change }, base, zone);

test("an empty form is sent as empty fields", () => {
  expect(fieldsFrom(emptyValues, zone)).toEqual(emptyForm);
});

test("the inputs show stored times and numbers as people write them", () => {
  const local = new Date("2026-11-25T17:00:00.000Z");
  expect(base).toMatchObject({ intervalMinutes: "1.5", revision: "2" });
  expect(new Date(`${base.untilDate}T${base.untilTime}`).getTime()).toBe(local.getTime());
});

test("only changed fields are sent, as the server takes them", () => {
  expect(patch({})).toEqual({});
  expect(patch({ languages: ["SP", "EN"] })).toEqual({ languages: ["SP", "EN"] });
  expect(patch({ untilTime: "09:30" })).toEqual({ sendUntil: { local: `${base.untilDate}T09:30`, zone } });
  expect(patch({ untilDate: "", untilTime: "" })).toEqual({ sendUntil: null });
  expect(patch({ intervalMinutes: "10", revision: "" })).toEqual({ sendInterval: 600, revision: null });
  expect(patch({ subjects: { EN: "Come", SP: "Ven", FR: "" } })).toEqual({});
});

test("text that is not a number is sent as a number that no rule accepts, never as nothing", () => {
  expect(patch({ revision: "two", intervalMinutes: " " })).toEqual({ revision: 0, sendInterval: 0 });
  expect(patch({ intervalMinutes: "2,5" })).toEqual({ sendInterval: 150 });
});

test("a three-way merge keeps what was typed, takes the rest from the newer order, and names what both changed", () => {
  const typed = { ...base, subjects: { EN: "Come in", SP: "Ven" }, account: "office", revision: "3" };
  const newer = valuesOf({ ...stored, subjects: { EN: "Come", SP: "Vente" }, testers: ["t-1"], revision: 4 });
  const { values, conflicts } = rebased(typed, base, newer);
  expect(values).toMatchObject({
    subjects: { EN: "Come in", SP: "Vente" },
    account: "office",
    testers: ["t-1"],
    revision: "3",
  });
  expect(conflicts).toEqual(["revision"]);
  const both = valuesOf({ ...stored, subjects: { EN: "Come along", SP: "Ven" } });
  expect(rebased(typed, base, both)).toMatchObject({
    values: { subjects: { EN: "Come in" } },
    conflicts: ["subjects"],
  });
  expect(rebased(base, base, newer)).toEqual({ values: newer, conflicts: [] });
  expect(rebased({ ...base, revision: "4" }, base, newer).conflicts).toEqual([]);
});
