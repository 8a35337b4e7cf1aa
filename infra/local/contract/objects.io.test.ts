import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../testStack.ts";

/** What the product relies on in S3. `AWS_ENDPOINT_URL` runs the same file against another endpoint. */
let stack: TestStack;
let send: TestStack["aws"]["s3"]["send"];
beforeAll(async () => {
  stack = await startTestStack({ dynamo: false, cloud: true });
  send = stack.aws.s3.send.bind(stack.aws.s3);
});
afterAll(() => stack[Symbol.asyncDispose]());

const object = (Key: string) => ({ Bucket: stack.config.S3_BUCKET, Key });
const text = async (Key: string) => (await send(new GetObjectCommand(object(Key)))).Body?.transformToString();

it("gives back what was put, with its type and metadata", async () => {
  const Key = "prepared/EV-1/main/invitation/EN/äöü +&=?.html";
  const Body = "<p>Grüße, 世界</p>";
  const Metadata = { hash: "abc" };
  await send(new PutObjectCommand({ ...object(Key), Body, ContentType: "text/html; charset=utf-8", Metadata }));
  const got = await send(new GetObjectCommand(object(Key)));
  expect(await got.Body?.transformToString()).toBe(Body);
  expect(got).toMatchObject({
    ContentType: "text/html; charset=utf-8",
    Metadata,
    ContentLength: Buffer.byteLength(Body),
  });
  const head = await send(new HeadObjectCommand(object(Key)));
  expect(head.ETag).toBe(got.ETag);
});

it("takes megabytes, and bytes that are no text", async () => {
  const Body = Buffer.from(Array.from({ length: 2_000_000 }, (_, at) => (at * 31) % 256));
  await send(new PutObjectCommand({ ...object("big.bin"), Body }));
  const got = await send(new GetObjectCommand(object("big.bin")));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
});

it("takes an empty object", async () => {
  await send(new PutObjectCommand({ ...object("empty"), Body: "" }));
  expect(await text("empty")).toBe("");
});

it("puts only if absent when asked to, also for several at once", async () => {
  const put = (Body: string) => send(new PutObjectCommand({ ...object("once"), Body, IfNoneMatch: "*" }));
  const tries = await Promise.allSettled(["a", "b", "c", "d"].map(put));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const before = await text("once");
  await expect(put("later")).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  expect(await text("once")).toBe(before);
});

it("overwrites otherwise", async () => {
  await send(new PutObjectCommand({ ...object("twice"), Body: "one" }));
  await send(new PutObjectCommand({ ...object("twice"), Body: "two" }));
  expect(await text("twice")).toBe("two");
});

it("says that a key or a bucket is missing", async () => {
  await expect(text("none")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(send(new HeadObjectCommand(object("none")))).rejects.toMatchObject({ name: "NotFound" });
  const elsewhere = new GetObjectCommand({ Bucket: `${stack.config.S3_BUCKET}-none`, Key: "a" });
  await expect(send(elsewhere)).rejects.toMatchObject({ name: "NoSuchBucket" });
});

it("keeps a key with dots inside its bucket", async () => {
  const key = "../../escape";
  await send(new PutObjectCommand({ ...object(key), Body: "inside" })).catch(() => {});
  const listed = await send(new ListObjectsV2Command({ Bucket: stack.config.S3_BUCKET }));
  expect(listed.Contents?.every(({ Key }) => Key !== "escape")).toBe(true);
});

it("lists keys by prefix, with their tags", async () => {
  const { ETag } = await send(new PutObjectCommand({ ...object("list/a"), Body: "1" }));
  await send(new PutObjectCommand({ ...object("list/b/c"), Body: "1" }));
  const listed = await send(new ListObjectsV2Command({ Bucket: stack.config.S3_BUCKET, Prefix: "list/" }));
  expect(listed.Contents?.map(({ Key }) => Key)).toEqual(["list/a", "list/b/c"]);
  expect(listed.Contents?.[0]?.ETag).toBe(ETag);
});
