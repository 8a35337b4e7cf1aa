import { expect, test } from "vitest";
import { itemAfter, popupPlace } from "./popupPlace.ts";

const window = { width: 400, height: 600 };
const menu = { width: 200, height: 100 };
const buttonAt = (left: number, top: number) => ({ left, top, width: 30, height: 30 });

test.each([
  ["below its button", buttonAt(100, 100), "start", { left: 100, top: 136 }],
  ["at the end of its button", buttonAt(300, 100), "end", { left: 130, top: 136 }],
  ["above where there is no room below", buttonAt(100, 540), "start", { left: 100, top: 434 }],
  ["not beyond the right", buttonAt(360, 100), "start", { left: 192, top: 136 }],
  ["not beyond the left", buttonAt(10, 100), "end", { left: 8, top: 136 }],
] as const)("a menu is placed %s", (_, button, edge, place) => {
  expect(popupPlace(button, menu, window, edge)).toEqual(place);
});

test("a menu with room neither below nor above stays inside the window", () => {
  const place = popupPlace(buttonAt(100, 80), menu, { width: 400, height: 180 }, "start");
  expect(place).toEqual({ left: 100, top: 72 });
});

test.each([
  ["ArrowDown", 0, 1],
  ["ArrowDown", 2, 0],
  ["ArrowUp", 0, 2],
  ["ArrowUp", -1, 2],
  ["ArrowUp", 2, 1],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["Enter", 0, undefined],
] as const)("%s at item %i of three leads to %s", (key, current, next) => {
  expect(itemAfter(key, 3, current)).toBe(next);
});

test("a menu without items leads nowhere", () => {
  expect(itemAfter("End", 0, -1)).toBeUndefined();
});
