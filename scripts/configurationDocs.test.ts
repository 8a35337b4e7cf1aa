import * as account from "@email-agent/shared/domain/account.ts";
import * as configItems from "@email-agent/shared/domain/configItems.ts";
import { participantSchema } from "@email-agent/shared/domain/recipients/participant.ts";
import * as settings from "@email-agent/shared/domain/settings.ts";
import { instantSchema } from "@email-agent/shared/domain/time.ts";
import { expect, it } from "vitest";
import { configurationPage, fieldsOf } from "./configurationDocs.ts";
import { configurationItems } from "./configurationItems.ts";

const named = configurationItems.map((item) => [item.title, item] as const);

it("acceptance 98: the page has every schema of Config", () => {
  const schemas = Object.entries({ ...configItems, ...account, ...settings }).filter(([name]) =>
    name.endsWith("Schema"),
  );
  expect(schemas.length).toBeGreaterThan(5);
  const shown = configurationItems.map(({ schema }): unknown => schema);
  for (const [name, schema] of schemas) expect(shown.includes(schema), name).toBe(true);
});

it.each(named)("acceptance 98: every field of %s has a meaning", (_, { schema }) => {
  const fields = fieldsOf(schema);
  expect(fields.length).toBeGreaterThan(1);
  expect(fields.filter(({ meaning }) => !meaning).map(({ path }) => path)).toEqual([]);
});

it.each(named)("acceptance 98: the example of %s is accepted by its schema and has no other fields", (_, item) => {
  expect(() => item.schema.parse(item.example)).not.toThrow();
  const known = Object.keys(item.schema.shape);
  expect(Object.keys(item.example).filter((field) => !known.includes(field))).toEqual([]);
  expect(configurationPage()).toContain(`## ${item.title}\n`);
});

it("a date is a date, not the pattern of all days there are", () => {
  const types = new Map(fieldsOf(account.accountSchema).map(({ path, type }) => [path, type]));
  expect(types.get("warmUp.startsOn")).toBe("date, as `2026-11-23`");
});

it("a field without a meaning is found at any depth", () => {
  const leaf = configItems.testerSchema.extend({ bare: instantSchema });
  const schema = leaf.extend({ inObject: leaf.nullish().describe("x"), inList: leaf.array().describe("x") });
  const bare = fieldsOf(schema).filter(({ meaning }) => !meaning);
  expect(bare.map(({ path }) => path)).toEqual(["bare", "inObject.bare", "inList[].bare"]);
  expect(fieldsOf(participantSchema).map(({ path }) => path)).toContain("programs.*.offeringHistory.*.offeringSKU");
});
