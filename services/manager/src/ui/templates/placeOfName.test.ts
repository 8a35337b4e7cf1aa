import { expect, test } from "vitest";
import type { Options } from "../../api/orders.ts";
import { placeOfName } from "./placeOfName.ts";

const options = {
  events: [
    { code: "SUMMER", name: "Summer", inPerson: true, subEvents: ["main"] },
    { code: "SUMMER-26", name: "Summer 26", inPerson: true, subEvents: ["main", "main-hall"] },
  ],
  stages: [{ name: "reg" }, { name: "hall-reg" }],
  languages: [{ code: "EN" }, { code: "DE" }],
} as unknown as Options;

test.each([
  ["SUMMER-26-main-reg-EN.html", ["SUMMER-26", "main", "reg", "EN"]],
  ["SUMMER-26-main-hall-reg-DE.zip", ["SUMMER-26", "main", "hall-reg", "DE"]],
  ["SUMMER-main-reg-EN.HTM", ["SUMMER", "main", "reg", "EN"]],
])("%s", (file, [eventCode, subEvent, stage, language]) => {
  expect(placeOfName(file as string, options)).toEqual({ eventCode, subEvent, stage, language });
});

test.each(["newsletter.html", "SUMMER-26-main-reg-FR.html", "WINTER-main-reg-EN.html", ""])(
  "%s names nothing",
  (file) => {
    expect(placeOfName(file, options)).toBeUndefined();
  },
);
