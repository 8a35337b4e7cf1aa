import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { listAddress, listInAddress } from "./listAddress.ts";

const order = anOrder({ languages: ["EN", "SP"], revision: 1, mailingKeys: ["E2026_weekend_reg_EN"] });
const read = (search: string) => listInAddress(new URLSearchParams(search), order);

test("an address names list, language, filter and search", () => {
  expect(read("?step=Send&list=send&language=SP&status=in-doubt&q=ana%20m")).toEqual({
    list: "send",
    language: "SP",
    status: "in-doubt",
    q: "ana m",
  });
});

test.each([
  ["", undefined],
  ["?list=nonsense&language=EN", undefined],
  ["?list=send&mailing=E2026_weekend_reg&language=SP", { list: "send", mailing: "E2026_weekend_reg", language: "EN" }],
  ["?list=send&mailing=E2026_other_reg&language=SP", { list: "send", language: "SP" }],
  ["?list=test&mailing=E2026_weekend_reg&language=SP", { list: "test", language: "SP" }],
  ["?list=left-out&language=EN&reason=no-address", { list: "left-out", language: "EN", reason: "no-address" }],
  ["?list=send&language=EN&reason=no-address", { list: "send", language: "EN" }],
  ["?list=send", { list: "send", language: "EN" }],
  ["?list=send&language=XX", { list: "send", language: "EN" }],
  ["?list=dry-run&language=EN&status=failed&q=%20", { list: "dry-run", language: "EN" }],
])("%j is read as far as it makes sense", (search, shown) => {
  expect(read(search)).toEqual(shown);
});

test("a list that is opened is read back, and the rest of the address stays", () => {
  const shown = { list: "send", language: "SP", status: "failed", q: "o'neil & co" } as const;
  const address = listAddress("?step=Send&list=test&language=EN&q=old", shown);
  expect(read(address)).toEqual(shown);
  expect(new URLSearchParams(address).get("step")).toBe("Send");
  expect(listAddress(address, undefined)).toBe("?step=Send");
  expect(listAddress(address, { list: "send", language: "EN" })).toBe("?step=Send&list=send&language=EN");
});
