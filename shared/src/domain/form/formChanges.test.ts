import { expect, test } from "vitest";
import { anEvent, anOrder } from "../../../testing/builders.ts";
import { aFormContext } from "../../../testing/formBuilders.ts";
import type { WorkOrder } from "../workOrder.ts";
import { changedFields, changesOf } from "./formChanges.ts";
import type { OrderFormContext } from "./formContext.ts";
import { judgeForm } from "./judgeForm.ts";
import type { OrderFields } from "./orderFields.ts";
import { fieldsOf, patchedFields } from "./orderForm.ts";

function changes(order: WorkOrder, patch: Partial<OrderFields>, context: Partial<OrderFormContext> = {}) {
  const { stored, errors } = judgeForm(patchedFields(order, patch), aFormContext({ order, ...context }));
  if (!stored) throw new Error(JSON.stringify(errors));
  return changesOf(order, stored);
}
const inPerson = { inPerson: true, regLinkPresent: true };

test("an empty patch changes nothing, whatever else the order contains", () => {
  const order = anOrder({
    ...inPerson,
    languages: ["SP", "EN"],
    subjects: { EN: " Come ", SP: "Ven", FR: "Viens" },
    previewTexts: { EN: "" },
  });
  expect(changes(order, {})).toEqual({});
  expect(changes(order, { ...fieldsOf(order) })).toEqual({});
});

test("only what differs is written, and texts of languages that are not enabled stay", () => {
  const order = anOrder({ ...inPerson, subjects: { EN: "Come", FR: "Viens" }, previewTexts: { EN: "Soon" } });
  expect(changes(order, { subjects: { EN: "Come in" }, testers: [] })).toEqual({
    subjects: { EN: "Come in", FR: "Viens" },
  });
  expect(changes(order, { previewTexts: {} })).toEqual({ previewTexts: {} });
});

test("a field that is switched off is removed", () => {
  const order = anOrder({ ...inPerson, sendContinuously: true, sendUntil: "2026-04-01T00:00:00.000Z", revision: 2 });
  const removed = changes(order, { sendContinuously: false, revision: null });
  expect(removed).toEqual({ sendContinuously: false, sendUntil: undefined, revision: undefined });
  expect(Object.keys(removed)).toEqual(expect.arrayContaining(["sendUntil", "revision"]));
});

test("the kind of the event is copied at each save, and an in-person event removes the Zoom ID", () => {
  const zoom = { zoomId: "81234567890", zoomLink: "https://zoom.us/j/81234567890" };
  const order = anOrder({ stage: "confirm", inPerson: false, ...zoom });
  expect(changes(order, {})).toEqual({ inPerson: true, zoomId: undefined, zoomLink: undefined });
  const online = { event: anEvent({ config: { inPerson: false } }) };
  expect(changes(order, {}, online)).toEqual({});
  expect(changes(order, { zoomId: "812 3456 7890" }, online)).toEqual({ zoomLink: undefined });
});

test("a stage that wants registration links wants them by default when it is chosen", () => {
  const order = anOrder({ stage: "confirm", inPerson: true, regLinkPresent: false });
  expect(changes(order, { stage: "reg" })).toEqual({ stage: "reg", regLinkPresent: true });
  expect(changes(order, { stage: "reg", regLinkPresent: false })).toEqual({ stage: "reg" });
});

test("names the fields of a patch that differ from what the form shows", () => {
  const order = anOrder({ revision: 3 });
  const patch = {
    account: "office",
    revision: null,
    sendInterval: 60,
    sendUntil: null,
    subjects: { ...order.subjects },
  };
  expect(changedFields(order, patch)).toEqual(["revision", "sendInterval"]);
});
