import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import type { Options } from "../../api/orders.ts";
import { OrderHeader } from "../order/OrderHeader.tsx";
import { filterOrders } from "./filterOrders.ts";
import { OrderTable } from "./OrderTable.tsx";
import { usualSort } from "./sortOrders.ts";

const event = { code: "E2026", name: "Summer Retreat 2026", inPerson: true, subEvents: ["weekend"] };
const stage = { name: "reg", description: "Registration", parentStages: [], confirmation: false };
const options: Partial<Options> = {
  events: [event],
  stages: [{ ...stage, requireRegLink: false, prefix: {} }],
  userNames: {},
  testers: [],
};
const order = anOrder();

test("the list and the head of an order show the name of the event and the description of the stage beside the codes", () => {
  const list = renderPage(createElement(OrderTable, { orders: [order], sort: usualSort, onSort() {} }), options);
  expect(list).toContain("E2026 Summer Retreat 2026 weekend reg Registration");
  expect(renderPage(createElement(OrderHeader, { order }), options)).toContain("Summer Retreat 2026 · Registration");
});

test("an event or stage that the options do not hold is shown by its code only", () => {
  const list = renderPage(
    createElement(OrderTable, { orders: [anOrder({ stage: "gone" })], sort: usualSort, onSort() {} }),
    options,
  );
  expect(list).toContain("weekend gone Registration is open (EN) –");
});

test("the filter of the list finds orders by the names it shows", () => {
  const namesOf = () => ({ event: event.name, stage: stage.description });
  expect(filterOrders([order], { archived: false, text: "retreat registr", namesOf })).toEqual([order]);
  expect(filterOrders([order], { archived: false, text: "retreat registr" })).toEqual([]);
});
