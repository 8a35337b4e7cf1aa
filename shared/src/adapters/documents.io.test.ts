import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localCredentials } from "../../../infra/local/localCredentials.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { documents } from "./documents.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ dynamo: false, cloud: true });
});
afterAll(() => stack[Symbol.asyncDispose]());

test("an object is put once and never overwritten", async () => {
  const store = documents(stack.aws, stack.config);
  expect(await store.putNew("prepared/a/b.html", "<p>Grüße</p>", "text/html; charset=utf-8")).toBe(true);
  expect(await store.putNew("prepared/a/b.html", "something else", "text/html; charset=utf-8")).toBe(false);
  expect(await store.getText("prepared/a/b.html")).toBe("<p>Grüße</p>");
});

test("a draft is written over", async () => {
  const store = documents(stack.aws, stack.config);
  for (const text of ["first", "second"]) await store.put("drafts/a.html", text, "text/html");
  expect(await store.getText("drafts/a.html")).toBe("second");
});

test("of many writers at once the content of one stands", async () => {
  const store = documents(stack.aws, stack.config);
  await Promise.all(Array.from({ length: 8 }, () => store.putNew("prepared/same.html", "same", "text/html")));
  expect(await store.getText("prepared/same.html")).toBe("same");
});

test("a missing object is an error that names key and bucket", async () => {
  await expect(documents(stack.aws, stack.config).getText("prepared/none.html")).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("prepared/none.html"),
  });
});

test("a bucket that does not exist is a storage error", async () => {
  const store = documents(stack.aws, { ...stack.config, S3_BUCKET: "no-such-bucket" });
  await expect(store.putNew("a", "b", "text/plain")).rejects.toMatchObject({ code: "storage", disposition: "retry" });
});

test("a stop ends a put that hangs, with the reason of the stop", async () => {
  const server = createServer(() => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const s3 = new S3Client({ ...localCredentials, endpoint, forcePathStyle: true });
  const stop = new AbortController();
  const stopped = new Error("stopped");
  const put = documents({ s3 }, stack.config).putNew("a", "b", "text/plain", stop.signal);
  server.once("request", () => stop.abort(stopped));
  await expect(put).rejects.toBe(stopped);
  s3.destroy();
  server.closeAllConnections();
  server.close();
});

test("addresses of objects as the event keeps them", () => {
  const base = { AWS_REGION: "eu-central-1", AWS_ENDPOINT_URL: "" };
  const url = (config: Parameters<typeof documents>[1]) =>
    documents(stack.aws, config).url("prepared/E/main/EN/abc.html");
  expect(url({ ...base, S3_BUCKET: "mail" })).toBe(
    "https://mail.s3.eu-central-1.amazonaws.com/prepared/E/main/EN/abc.html",
  );
  expect(url({ ...base, S3_BUCKET: "mail.example.org" })).toBe(
    "https://s3.eu-central-1.amazonaws.com/mail.example.org/prepared/E/main/EN/abc.html",
  );
  expect(url({ ...base, S3_BUCKET: "mail", AWS_ENDPOINT_URL: "http://127.0.0.1:4566/" })).toBe(
    "http://127.0.0.1:4566/mail/prepared/E/main/EN/abc.html",
  );
});
