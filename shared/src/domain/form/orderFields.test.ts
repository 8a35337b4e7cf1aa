import { expect, test } from "vitest";
import { anEvent, anOrder } from "../../../testing/builders.ts";
import { aForm, aFormContext } from "../../../testing/formBuilders.ts";
import { resetBy } from "../lifecycle/invalidation.ts";
import { judgeForm } from "./judgeForm.ts";
import { fieldLabel, fieldTitle, formFields, orderFields, orderSettings, sleepingFields } from "./orderFields.ts";
import { emptyForm, fieldsOf } from "./orderForm.ts";

const sending = ["sendContinuously", "sendUntil", "sendInterval", "sendingWindow", "missedStart"];

test("nothing but these settings leaves every step as it is: neither recipients, content nor sender depend on them", () => {
  const harmless = orderSettings.filter((name) => orderFields[name].resets === "nothing");
  expect(harmless).toEqual(["zoomLink", "testers", ...sending]);
  expect(sleepingFields).toEqual(["testers", ...sending]);
});

test("a changed setting resets what its row says", () => {
  const order = anOrder();
  for (const step of Object.values(order.steps)) step.status = "complete";
  for (const name of orderSettings)
    expect([name, resetBy(order, { [name]: "changed" }).steps.length > 0]).toEqual([
      name,
      orderFields[name].resets !== "nothing",
    ]);
});

test("what a form holds is shown again once it is stored", () => {
  const form = aForm({
    stage: "confirm",
    subjects: { EN: "Come" },
    previewTexts: { EN: "Soon" },
    zoomId: "https://zoom.us/j/81234567890?pwd=x",
    testers: ["t-1"],
    salutationByName: false,
    regLinkPresent: false,
    sendContinuously: true,
    sendUntil: "2026-04-01T00:00:00.000Z",
    sendInterval: 600,
    sendingWindow: { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] },
    missedStart: "start",
    revision: 2,
  });
  const unlike = formFields.filter((name) => JSON.stringify(form[name]) === JSON.stringify(emptyForm[name]));
  expect(unlike, "fields this test would not notice").toEqual([]);
  const { stored } = judgeForm(form, aFormContext({ event: anEvent({ config: { inPerson: false } }) }));
  expect(fieldsOf(anOrder(stored))).toEqual(form);
});

test("sentences and controls name a field by its row", () => {
  expect([fieldTitle("zoomId"), fieldTitle("prepared")]).toEqual(["Zoom ID", "prepared"]);
  expect([fieldLabel("subEvent"), fieldLabel("subjects")]).toEqual(["Sub-event", "Subject"]);
});
