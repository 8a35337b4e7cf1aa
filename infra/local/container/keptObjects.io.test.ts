import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testStack.ts";
import { keptObjects } from "./keptObjects.ts";

let before: TestStack;
let after: TestStack;
let folder: string;
beforeAll(async () => {
  // The second one is what LocalStack is after a restart: the same bucket, empty.
  [before, after] = await Promise.all([
    startTestStack({ dynamo: false, cloud: true }),
    startTestStack({ dynamo: false, cloud: true }),
  ]);
  folder = mkdtempSync(join(tmpdir(), "email-agent-objects-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await before[Symbol.asyncDispose]();
  await after[Symbol.asyncDispose]();
});

test("content survives a bucket that was lost, with its type, and a draft with its last text", async () => {
  const first = documents(before.aws, before.config);
  await first.putNew("prepared/EV-1/main/reg/EN/äöü.html", "<p>Grüße, 世界</p>", "text/html; charset=utf-8");
  await first.put("drafts/wo-1/EN.html", "one", "text/html");
  const objects = keptObjects(before.aws, before.config.S3_BUCKET, folder);
  expect(await objects.keep()).toBe(2);
  expect(await objects.keep()).toBe(0);
  await first.put("drafts/wo-1/EN.html", "two", "text/html");
  expect(await objects.keep()).toBe(1);

  const later = keptObjects(after.aws, after.config.S3_BUCKET, folder);
  expect(await later.putBack()).toBe(2);
  expect(await later.putBack()).toBe(0);
  const second = documents(after.aws, after.config);
  expect(await second.getText("prepared/EV-1/main/reg/EN/äöü.html")).toBe("<p>Grüße, 世界</p>");
  expect(await second.getText("drafts/wo-1/EN.html")).toBe("two");
});

test("what the bucket holds already is not overwritten", async () => {
  const second = documents(after.aws, after.config);
  await second.put("drafts/wo-1/EN.html", "three", "text/html");
  await keptObjects(after.aws, after.config.S3_BUCKET, folder).putBack();
  expect(await second.getText("drafts/wo-1/EN.html")).toBe("three");
});
