import { expect, test } from "vitest";
import { requestTarget } from "./requestTarget.ts";

test.each([
  ["/", "/"],
  ["/work-orders/wo-1?list=send", "/work-orders/wo-1"],
  ["/u/%2e%2e", "/"],
  ["/u/../api/options", "/api/options"],
  ["//evil.example/x", "//evil.example/x"],
  ["/%E0%A4%A", "/%E0%A4%A"],
])("%s goes to %s", (text, path) => expect(requestTarget(text)).toEqual({ path }));

test.each([
  ["*", 400],
  ["http://evil.example/", 400],
  ["example.org:443", 400],
  ["", 400],
  ["/a%00b", 400],
  [`/${"a".repeat(8000)}`, 414],
])("%s is refused with %i", (text, status) => expect(requestTarget(text)).toMatchObject({ status }));
