import { expect, test } from "vitest";
import { fieldsOfKind } from "./fields.ts";

const fieldOf = (kind: "account" | "event" | "setting", name: string, key = "") =>
  fieldsOfKind(kind, key)?.find((field) => field.name === name);

test("the help of a field has plain words: names of variables and tags in brackets are for the reference", () => {
  const help = fieldOf("account", "replyTo")?.help;
  expect(help).toContain("the address for questions that mails show. If it is empty");
  expect(help).not.toMatch(/[A-Z]_[A-Z]|\|\||`/);
  expect(fieldOf("account", "username")?.help).not.toContain("EMAIL_");
  // Brackets with words beside the code stay.
  expect(fieldOf("account", "unsubscribeMailto")?.help).toContain("with ?subject=… behind it");
});

test("an event without a pool has a warning at the field", () => {
  const pool = fieldOf("event", "config")?.fields?.find(({ name }) => name === "pool");
  expect(pool?.whenEmpty).toContain("reach no one");
});
