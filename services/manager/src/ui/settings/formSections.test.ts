import { fieldsOfKind } from "@email-agent/shared/domain/configuration/fields.ts";
import { expect, test } from "vitest";
import { formParts, pathTitle } from "./formSections.ts";

const account = fieldsOfKind("account") ?? [];

test("the form of an account has its parts, and no field is left out", () => {
  const parts = formParts(account);
  expect(parts.map(({ title }) => title)).toEqual(["Identity", "Returned mail", "Server", "Signing", "Limits"]);
  expect(parts.flatMap(({ fields }) => fields)).toEqual(account);
  expect(formParts(fieldsOfKind("language") ?? []).map(({ title }) => title)).toEqual([""]);
});

test("a path is called by the titles of its fields", () => {
  expect(pathTitle(account, "port")).toBe("Port");
  expect(pathTitle(account, "dkim.domain")).toBe("DKIM signature, Signing domain");
  expect(pathTitle(account, "dailyLimitTexts.1")).toBe("Replies at the daily limit, 2");
  expect(pathTitle(fieldsOfKind("event") ?? [], "config.whichRetreatsConfig.A.prompt")).toBe(
    "Rules, Retreats, A, Name of its prompt",
  );
});
