import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import { OrderFacts } from "./OrderFacts.tsx";

const parent = anOrder();

test("an order shows its subjects, testers by label, its parent, and until when it sends", () => {
  const order = anOrder({
    ...{ stage: "reminder", languages: ["EN", "SP"], subjects: { EN: "Soon" }, testers: ["t-1", "t-2"] },
    ...{ parentOrderId: parent.id, sendContinuously: true, sendInterval: 5400, sendUntil: "2026-11-25T17:00:00.000Z" },
  });
  const page = renderPage(createElement(OrderFacts, { order }), {
    testers: [{ id: "t-1", label: "Anna" }],
    stages: [],
    events: [],
    userNames: { anna: "Anna Green" },
  });
  expect(page).toContain("Subjects EN Soon SP No subject yet");
  expect(page).toMatch(/Testers Anna ?, t-2/);
  expect(page).toContain(`Content from ${parent.id}`);
  expect(page).toMatch(/Sends until .*again every 1 hour 30 minutes/);
  expect(page).toMatch(/Created .*by Anna Green/);
});

test("an order that sends once has no end, and one without testers says what it needs", () => {
  const page = renderPage(createElement(OrderFacts, { order: anOrder({ sendUntil: "2026-11-25T17:00:00.000Z" }) }));
  expect(page).not.toContain("Sends until");
  expect(page).toContain("None: Test needs at least one, see Edit");
});
