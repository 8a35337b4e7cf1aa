import { skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { expect, test } from "vitest";
import { listAddress, listInAddress } from "./listAddress.ts";
import { peopleBehind } from "./peopleBehind.ts";

const order = { eventCode: "E2026", subEvent: "weekend", stage: "reg", languages: ["EN", "SP"] };

test.each(skipReasons)("%s: a reason of the filter has a list of its people, which its address opens", (reason) => {
  const list = peopleBehind("SP", reason);
  expect(list).toBeDefined();
  expect(listInAddress(new URLSearchParams(listAddress("", list)), order as never)).toEqual(list);
});

test("whom a run skipped is on the list of the run; people beyond the confirmed number are on none", () => {
  expect(peopleBehind("EN", "send-until")).toEqual({ list: "skipped", language: "EN", reason: "send-until" });
  expect(peopleBehind("EN", "no-record")).toEqual({ list: "skipped", language: "EN", reason: "no-record" });
  expect(peopleBehind("EN", "not-confirmed")).toBeUndefined();
  expect(peopleBehind("EN", "of-a-later-release")).toBeUndefined();
});
