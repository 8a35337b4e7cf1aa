import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import { instant } from "../time.ts";
import { languagesNaming, orderCopy } from "./orderCopy.ts";
import { fieldsOf } from "./orderForm.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const rules = { isTester: () => true, now };

test("a copy has the settings of the order, in its new place", () => {
  const order = anOrder({ testers: ["1"], salutationByName: false, previewTexts: { EN: "Soon" } });
  const { fields, left } = orderCopy(order, { eventCode: "F2026", subEvent: "week" }, rules);
  expect(fields).toEqual({ ...fieldsOf(order), eventCode: "F2026", subEvent: "week" });
  expect(left).toEqual([]);
});

test("acceptance 122: a copy never leads to the meeting of the other order, and is no revision", () => {
  const order = anOrder({ zoomId: "81234567890", zoomLink: "https://zoom.us/j/81234567890?pwd=x", revision: 2 });
  const { fields, left } = orderCopy(order, {}, rules);
  expect(fields).toMatchObject({ zoomId: "", revision: null });
  expect(left).toEqual([expect.stringContaining("Zoom ID"), expect.stringContaining("revision")]);
});

test("an end that has passed switches continuous sending off; one ahead stays", () => {
  const order = (milliseconds: number) => anOrder({ sendContinuously: true, sendUntil: instant(now + milliseconds) });
  const over = orderCopy(order(0), {}, rules);
  expect(over.fields).toMatchObject({ sendContinuously: false, sendUntil: null, sendInterval: 3600 });
  expect(over.left).toEqual(["Continuous sending is switched off: its end has passed."]);
  const ahead = orderCopy(order(1), {}, rules);
  expect(ahead.fields).toMatchObject({ sendContinuously: true, sendUntil: instant(now + 1) });
  expect(ahead.left).toEqual([]);
});

test("testers who cannot be chosen there are left out, and counted", () => {
  const order = anOrder({ testers: ["1", "t-1", "2"] });
  const isTester = (id: string, eventCode: string) => id !== "t-1" || eventCode === "E2026";
  expect(orderCopy(order, {}, { isTester, now }).fields.testers).toEqual(["1", "t-1", "2"]);
  const { fields, left } = orderCopy(order, { eventCode: "F2026" }, { isTester, now });
  expect(fields.testers).toEqual(["1", "2"]);
  expect(left).toEqual([expect.stringContaining("1 tester is not copied")]);
});

test("texts that name the other event are found, in any case", () => {
  const texts = { subjects: { EN: "Come to E2026", DE: "Kommt", SP: "Ven" }, previewTexts: { SP: "retiro de VERANO" } };
  expect(languagesNaming(texts, ["e2026", "Retiro de verano", " "])).toEqual(["EN", "SP"]);
  expect(languagesNaming(texts, [""])).toEqual([]);
});
