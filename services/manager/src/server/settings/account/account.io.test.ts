import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { dkimRecordFault, readDkimRecord } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { anAccount } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../../infra/local/testStack.ts";
import { aUser, type ManagerUnderTest, managerOver } from "../../../../testing/managerOver.ts";
import { askSenders, readReport } from "./askSenders.ts";
import { discardDkimKey, makeDkimKey, useDkimKey } from "./dkimKeys.ts";
import { pauseAccount, resumeAccount } from "./pauseAccount.ts";
import { pauseForReturnedMail } from "./pauseForReturnedMail.ts";
import { readAccountState } from "./readAccountState.ts";

const anna = aUser({ role: "admin" });
const now = Date.parse("2026-03-01T12:00:00.000Z");
let stack: TestStack;
let open: ManagerUnderTest;
let time = now;
let name: string;
let accounts = 0;
const secret = { domain: "mail.test", selector: "old", privateKey: "" };

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  secret.privateKey = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  open = managerOver({ ...(stack.config as unknown as Record<string, string>) }, { now: () => time });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  accounts += 1;
  name = `office-${accounts}`;
  const account = anAccount({
    name,
    fromAddress: "office@mail.test",
    password: "hush-hush",
    dkim: secret,
    quotaPer24h: 100,
  });
  await putConfig(stack.aws, stack.config, { accounts: [account] });
  await stack.aws.dynamo.send(
    new PutCommand({
      TableName: stack.config.QUOTA_TABLE,
      Item: { account: name, bucket: "2026-03-01T11:55:00.000Z", used: 30, ttl: 2_000_000_000 },
    }),
  );
});

interface Stored {
  readonly dkim: { readonly privateKey: string };
  readonly dkimNext: { readonly privateKey: string; readonly secretArn: string };
}
const stored = async () =>
  (
    await stack.aws.dynamo.send(
      new GetCommand({ TableName: stack.config.CONFIG_TABLE, Key: { pk: "account", sk: name } }),
    )
  ).Item as Stored;
const allOf = async (table: string) =>
  JSON.stringify((await stack.aws.dynamo.send(new ScanCommand({ TableName: table }))).Items);

/** What a sender would find. */
async function answer(id: string, lines: AccountLine[]): Promise<void> {
  const { accountRequests } = open.manager;
  const request = await accountRequests.get(id);
  await accountRequests.claim(request!, "a sender", time);
  for (const line of lines) await accountRequests.addLine(id, "a sender", line, time);
  await accountRequests.finish(id, "a sender", {});
}
const nextLine = (verdict: AccountLine["verdict"], text: string): AccountLine => ({
  id: "dkim-next",
  title: "",
  verdict,
  text,
});

test("the state says the use of the last 24 hours, the pause with its reason, and the records of the keys", async () => {
  await pauseAccount(open.manager, anna, name, "complaints came in");
  const state = await readAccountState(open.manager, anna, name);
  expect(state).toMatchObject({ used: 30, remaining: 70, quotaPer24h: 100, otherSends: 0, sending: [] });
  expect(state.paused).toEqual({ by: "anna", at: "2026-03-01T12:00:00.000Z", reason: "complaints came in" });
  expect(state.dkim).toMatchObject({ selector: "old", record: { name: "old._domainkey.mail.test" } });
  expect(state.dkim?.record?.strings.every((text) => text.length <= 255)).toBe(true);
  expect(state.dkim?.record?.strings.join("")).toBe(state.dkim?.record?.value);
});

describe("a pause by hand", () => {
  test("is written with who and why, once, and resumed; a form that is open meanwhile has an old version", async () => {
    const before = await open.manager.configStore.get("account", name);
    await pauseAccount(open.manager, anna, name, "holiday");
    await expect(pauseAccount(open.manager, anna, name, "again")).rejects.toMatchObject({ code: "conflict" });
    expect(await stored()).toMatchObject({
      paused: { by: "anna", reason: "holiday" },
      password: "hush-hush",
      version: 1,
    });
    const late = { kind: "account", key: name, before, after: { ...before?.fields, host: "other" } } as const;
    expect(
      await open.manager.configStore.change({ ...late, by: "ben", now: time, id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
    ).toBe(false);
    await resumeAccount(open.manager, anna, name);
    expect(await stored()).not.toHaveProperty("paused");
    await expect(resumeAccount(open.manager, anna, name)).rejects.toMatchObject({ code: "conflict" });
    expect(await allOf(stack.config.AUDIT_TABLE)).toContain('"reason":"holiday"');
  });

  test("of two administrators one pauses", async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => pauseAccount(open.manager, anna, name, `reason ${n}`)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("acceptance 158: an account is paused for returned mail", () => {
  const day = 86_400_000;
  const put = (fields: Record<string, unknown>) =>
    stack.aws.dynamo.send(
      new PutCommand({ TableName: stack.config.QUOTA_TABLE, Item: { ttl: 2_000_000_000, ...fields } }),
    );
  const sent = async (at: number, used: number, returned: Record<string, number>) => {
    const bucket = new Date(at).toISOString();
    await put({ account: name, bucket, used });
    await put({ account: `bounces#${name}`, bucket, ...returned });
  };
  const round = () => pauseForReturnedMail(open.manager, new AbortController().signal);
  afterEach(() => {
    time = now;
  });

  test("at twice the share that is a warning, by itself, in the audit, and once by several processes", async () => {
    await sent(now - day, 170, { hard: 20, soft: 40 });
    await round();
    expect(await stored()).not.toHaveProperty("paused");
    expect((await readAccountState(open.manager, anna, name)).returned).toMatchObject({
      used: 200,
      hard: 20,
      verdict: "warning",
    });
    await sent(now - day, 170, { hard: 21 });
    await Promise.all([round(), round(), round()]);
    expect(await stored()).toMatchObject({
      paused: { by: "email-agent", reason: "Of its last 200 mails 21 came back because the mailbox does not exist" },
      version: 1,
    });
    const { paused } = await readAccountState(open.manager, anna, name);
    expect(paused).toMatchObject({ by: "Email-Agent", forReturnedMail: true });
    expect(await allOf(stack.config.AUDIT_TABLE)).toContain("Of its last 200 mails 21 came back");
  });

  test("a person lets it go on with a reason, for a week; then only what was sent since counts", async () => {
    await sent(now - day, 170, { hard: 100 });
    await round();
    await expect(resumeAccount(open.manager, anna, name)).rejects.toMatchObject({ code: "invalid-input" });
    await resumeAccount(open.manager, anna, name, "an old list, cleaned by now");
    expect(await stored()).toMatchObject({ bounceRateAccepted: { by: "anna", reason: "an old list, cleaned by now" } });
    await round();
    time = now + 6 * day;
    await sent(time, 100, { hard: 90 });
    await round();
    expect(await stored()).not.toHaveProperty("paused");
    expect((await readAccountState(open.manager, anna, name)).returnAccepted).toMatchObject({ by: "anna" });
    time = now + 8 * day;
    await sent(now + 6 * day, 100, { hard: 4 });
    await round();
    expect(await stored()).not.toHaveProperty("paused");
    await sent(now + 6 * day, 100, { hard: 40 });
    await round();
    expect(await stored()).toMatchObject({ paused: { reason: expect.stringContaining("Of its last 100 mails 40") } });
  });

  test("a pause by hand stays as it is, and of many mails only the last thousand count", async () => {
    await pauseAccount(open.manager, anna, name, "holiday");
    await sent(now - day, 170, { hard: 100 });
    await round();
    expect(await stored()).toMatchObject({ paused: { by: "anna", reason: "holiday" } });
    await resumeAccount(open.manager, anna, name);
    for (let n = 1; n <= 250; n += 1)
      await put({ account: name, bucket: new Date(now - n * 300_000).toISOString(), used: 5 });
    await round();
    expect(await stored()).not.toHaveProperty("paused");
    expect((await readAccountState(open.manager, anna, name)).returned).toMatchObject({ used: 1000, hard: 0 });
  });
});

describe("requests to the senders", () => {
  test("a check and a trial mail are audited, without the address, and read back", async () => {
    const { id } = await askSenders(open.manager, anna, name, { kind: "trial", to: " ana@example.net " });
    expect(await open.manager.accountRequests.get(id)).toMatchObject({ to: "ana@example.net", by: "anna" });
    expect(await readReport(open.manager, name, id)).toEqual({
      ...{ id, kind: "trial", at: "2026-03-01T12:00:00.000Z", status: "asked", lines: [] },
    });
    const audited = await allOf(stack.config.AUDIT_TABLE);
    expect(audited).toContain('"what":"tried account"');
    expect(audited).not.toContain("ana@");
  });

  test.each([
    ["no address", { kind: "trial" as const, to: "ada" }, "invalid-input"],
    ["an account that is not there", { kind: "check" as const }, "not-found"],
  ])("%s is refused", async (_name, body, code) => {
    const account = code === "not-found" ? "none" : name;
    await expect(askSenders(open.manager, anna, account, body)).rejects.toMatchObject({ code });
  });

  test("a user who asks without end is slowed down", async () => {
    const busy = aUser({ id: "busy", role: "admin" });
    const asked = await Promise.allSettled(
      Array.from({ length: 14 }, () => askSenders(open.manager, busy, name, { kind: "check" })),
    );
    expect(asked.filter(({ status }) => status === "rejected")).toHaveLength(4);
  });

  test("a result is that of its account", async () => {
    const { id } = await askSenders(open.manager, anna, name, { kind: "state" });
    await expect(readReport(open.manager, "another", id)).rejects.toMatchObject({ code: "not-found" });
    await expect(readReport(open.manager, name, "plan")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a new DKIM key", () => {
  const place = { domain: "mail.test", selector: "new" };

  test.each(["rsa", "ed25519"] as const)(
    "of kind %s waits beside the old one, with the record that fits it",
    async (kind) => {
      await makeDkimKey(open.manager, anna, name, { ...place, kind });
      const { dkim, dkimNext } = await stored();
      expect(dkim).toMatchObject({ selector: "old" });
      const state = await readAccountState(open.manager, anna, name);
      const record = readDkimRecord(state.dkimNext?.record?.value ?? "");
      expect(dkimRecordFault(record!, createPrivateKey(dkimNext.privateKey))).toBeUndefined();
      await discardDkimKey(open.manager, anna, name);
      expect(await stored()).not.toHaveProperty("dkimNext");
    },
  );

  test("signs once a check has seen it, and not before", async () => {
    await makeDkimKey(open.manager, anna, name, { ...place, kind: "rsa" });
    const ask = () => askSenders(open.manager, aUser({ id: `u${Math.random()}` }), name, { kind: "check" });
    const use = (request?: string) =>
      useDkimKey(open.manager, anna, name, { ...(request && { request }), force: false });
    await expect(use()).rejects.toMatchObject({ code: "conflict" });
    const { id: failed } = await ask();
    await answer(failed, [nextLine("fail", "There is no DKIM record at new._domainkey.mail.test.")]);
    await expect(use(failed)).rejects.toThrow(/No check has seen the record new._domainkey.mail.test/);
    const { id: other } = await ask();
    await answer(other, [nextLine("pass", "The public key at older._domainkey.mail.test is that of the account.")]);
    await expect(use(other)).rejects.toMatchObject({ code: "conflict" });
    const { id: seen } = await ask();
    await answer(seen, [nextLine("pass", "The public key at new._domainkey.mail.test is that of the account.")]);
    // A check from before the key was made again says nothing of it.
    time += 60_000;
    await makeDkimKey(open.manager, anna, name, { ...place, kind: "rsa" });
    await expect(use(seen)).rejects.toMatchObject({ code: "conflict" });
    const { id: fresh } = await ask();
    await answer(fresh, [nextLine("pass", "The public key at new._domainkey.mail.test is that of the account.")]);
    const { dkimNext } = await stored();
    await use(fresh);
    const after = await stored();
    expect(after.dkim).toEqual({ ...place, privateKey: dkimNext.privateKey });
    expect(after).not.toHaveProperty("dkimNext");
  });

  test("can be used by force, and not under the selector of the key in use", async () => {
    await expect(makeDkimKey(open.manager, anna, name, { ...place, selector: "old", kind: "rsa" })).rejects.toThrow(
      /selector old/,
    );
    await expect(makeDkimKey(open.manager, anna, name, { ...place, domain: "no domain", kind: "rsa" })).rejects.toThrow(
      /not a domain/,
    );
    await makeDkimKey(open.manager, anna, name, { ...place, kind: "rsa" });
    await useDkimKey(open.manager, anna, name, { force: true });
    expect((await stored()).dkim).toMatchObject(place);
  });

  test("goes to Secrets Manager where secrets are kept there", async () => {
    const environment = { ...(stack.config as unknown as Record<string, string>), SECRETS_PREFIX: "email-agent/test/" };
    await using secrets = managerOver(environment, { now: () => time });
    await makeDkimKey(secrets.manager, anna, name, { ...place, kind: "rsa" });
    const { dkimNext } = await stored();
    expect(dkimNext).not.toHaveProperty("privateKey");
    const client = new SecretsManagerClient({
      ...{ region: stack.config.AWS_REGION, endpoint: stack.config.AWS_ENDPOINT_URL },
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: dkimNext.secretArn }));
    client.destroy();
    const record = readDkimRecord((await readAccountState(secrets.manager, anna, name)).dkimNext?.record?.value ?? "");
    expect(dkimRecordFault(record!, createPrivateKey(SecretString))).toBeUndefined();
  });
});

test("acceptance 121: no password and no private key comes back to a browser, a log, the audit or the history", async () => {
  await makeDkimKey(open.manager, anna, name, { domain: "mail.test", selector: "next", kind: "rsa" });
  await pauseAccount(open.manager, anna, name, "holiday");
  await useDkimKey(open.manager, anna, name, { force: true });
  const { id } = await askSenders(open.manager, aUser({ id: "zoe" }), name, { kind: "check" });
  const { privateKey } = (await stored()).dkim;
  const seen = [
    await readAccountState(open.manager, anna, name),
    await readReport(open.manager, name, id),
    await open.manager.configStore.history("account", name),
    open.complaints,
    await allOf(stack.config.AUDIT_TABLE),
    await allOf(stack.config.RUNS_TABLE),
  ];
  const text = JSON.stringify(seen);
  expect(privateKey).toContain("PRIVATE KEY");
  for (const held of [privateKey, secret.privateKey]) expect(text).not.toContain(held.split("\n")[3]);
  expect(text).not.toMatch(/hush-hush|PRIVATE/);
});
