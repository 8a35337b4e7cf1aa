import { someSettings } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { checkableUrl } from "./checkableUrl.ts";

const settings = someSettings();

test.each([
  ["https://example.org/a?b=1#part", "https://example.org/a?b=1"],
  ["  HTTPS://Example.org  ", "https://example.org/"],
  ["https://example.org/a?x=1&email=*|URL:EMAIL|*&y=2", "https://example.org/a?x=1&y=2"],
  ["https://example.org/a?email=*%7CEMAIL%7C*", "https://example.org/a"],
  ["https://register.example.org/?aid=||aid||&pid=||pid||", "https://register.example.org/"],
  ["https://register.example.org/?aid=%7C%7Caid%7C%7C&x=1", "https://register.example.org/?x=1"],
  ["https://register.example.org/?aid=E2026&pid=123456789", "https://register.example.org/?aid=E2026"],
  ["https://example.org/call/123456789", "https://example.org/call/123456789"],
  ["https://anna:secret@example.org/", "https://example.org/"],
])("%s is asked as %s", (link, url) => {
  expect(checkableUrl(link, settings)).toBe(url);
});

test.each([
  "*|UNSUB|*",
  "mailto:a@example.org",
  "tel:+49123456789",
  "#top",
  "",
  "/relative",
  "https://example.org/*|COUNTRY|*/page",
  "https://||aid||.example.org/",
  "https://",
])("%s is not asked", (link) => {
  expect(checkableUrl(link, settings)).toBeUndefined();
});
