import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { bounceMailboxKey, bounceMailboxSchema } from "@email-agent/shared/domain/bounces/bounceMailbox.ts";
import { loopbackCertificate } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasDovecot } from "../../testing/dovecot.ts";
import { mailboxFixture, shortTimes } from "../../testing/mailboxFixture.ts";
import { reportPorts } from "./startBounces.ts";
import { startMailboxes } from "./startMailboxes.ts";

describe.skipIf(!hasDovecot)("bounce mailboxes of accounts", () => {
  const stack = new AsyncDisposableStack();
  let fixture: Awaited<ReturnType<typeof mailboxFixture>>;
  beforeAll(async () => {
    fixture = stack.use(await mailboxFixture());
  });
  afterAll(() => stack.disposeAsync());

  /** An ingest, as it reads all mailboxes. */
  function anIngest() {
    const { aws, log, metrics } = fixture;
    const config = { ...fixture.config, S3_BUCKET: fixture.config.S3_BUCKET, BOUNCE_QUEUE_URL: "" };
    const ending = new AbortController();
    const options = { aws, config, log, metrics, signal: ending.signal };
    const times = { trustedCertificates: loopbackCertificate, times: shortTimes, sweepMilliseconds: 100 };
    const running = startMailboxes({ ...options, ...times }, reportPorts(options));
    const stop = async () => {
      ending.abort();
      await running[Symbol.asyncDispose]();
    };
    onTestFinished(stop);
    return stop;
  }

  async function putAccount(name: string, bounceMailbox?: object, more: object = {}): Promise<void> {
    const Item = { pk: "account", sk: name, name, ...more, ...(bounceMailbox && { bounceMailbox }) };
    await fixture.aws.dynamo.send(new PutCommand({ TableName: fixture.config.CONFIG_TABLE, Item }));
  }

  const stateOf = (mailbox: object) => fixture.mailboxes.get(bounceMailboxKey(bounceMailboxSchema.parse(mailbox)));
  const isRead = async (mailbox: object) => (await stateOf(mailbox))?.readAt !== undefined;

  test("acceptance 163: an account that is added, changed or removed counts while ingest runs, also one that is switched off", async () => {
    anIngest();
    const [first, second] = [fixture.aMailbox(), fixture.aMailbox()];
    await putAccount("news", first.access, { enabled: false });
    const bounce = await fixture.aBounce();
    await fixture.dovecot.deliver(first.user, bounce.mail);
    await expect.poll(async () => (await bounce.delivery())?.bounced?.kind).toBe("hard");
    // Another mailbox in its place.
    await putAccount("news", second.access);
    await expect.poll(() => isRead(second.access)).toBe(true);
    const [late, next] = [await fixture.aBounce(), await fixture.aBounce()];
    await fixture.dovecot.deliver(first.user, late.mail);
    await fixture.dovecot.deliver(second.user, next.mail);
    await expect.poll(async () => (await next.delivery())?.bounced?.kind).toBe("hard");
    expect((await late.delivery())?.bounced).toBeUndefined();
    // None.
    const { aws, config } = fixture;
    await aws.dynamo.send(new DeleteCommand({ TableName: config.CONFIG_TABLE, Key: { pk: "account", sk: "news" } }));
    const isGivenBack = async () => Date.parse((await stateOf(second.access))?.heldUntil ?? "") <= Date.now();
    await expect.poll(isGivenBack).toBe(true);
    const unread = await fixture.aBounce();
    await fixture.dovecot.deliver(second.user, unread.mail);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await unread.delivery())?.bounced).toBeUndefined();
  });

  test("two accounts with one mailbox and two ingests count each mail once", async () => {
    const box = fixture.aMailbox();
    await Promise.all(["one", "two"].map((name) => putAccount(name, box.access)));
    const counted = () => fixture.metrics.counted.filter(({ name }) => name === "HardBounces").length;
    const before = counted();
    const bounces = await Promise.all(Array.from({ length: 5 }, () => fixture.aBounce()));
    for (const { mail } of bounces) await fixture.dovecot.deliver(box.user, mail);
    const stops = [anIngest(), anIngest()];
    for (const bounce of bounces) await expect.poll(async () => (await bounce.delivery())?.bounced?.kind).toBe("hard");
    expect(counted() - before).toBe(5);
    expect(await fixture.dovecot.mails(box.user)).toEqual([]);
    for (const stop of stops) await stop();
  });

  test("a password from Secrets Manager is read at each sign-in, and a user name beside it wins", async () => {
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = fixture.config;
    const box = fixture.aMailbox();
    const client = new SecretsManagerClient({ endpoint, region });
    const SecretString = JSON.stringify({ username: box.user, password: fixture.dovecot.password });
    const { ARN: secretArn } = await client.send(new CreateSecretCommand({ Name: `box-${box.user}`, SecretString }));
    const { password: _, ...access } = box.access;
    await putAccount("secret", { ...access, username: "someone", secretArn });
    anIngest();
    const bounce = await fixture.aBounce();
    await fixture.dovecot.deliver(box.user, bounce.mail);
    await expect.poll(async () => (await bounce.delivery())?.bounced?.kind).toBe("hard");
    client.destroy();
  });

  test("a password is not sent unencrypted over the Internet, and a missing one is named", async () => {
    const { password: _, ...without } = fixture.aMailbox().access;
    const open = { ...without, host: "imap.example.org", security: "none", password: "x" };
    await putAccount("open", open);
    await putAccount("without", without);
    anIngest();
    await expect.poll(async () => (await stateOf(open))?.problem?.text).toMatch(/no encryption/);
    await expect.poll(async () => (await stateOf(without))?.problem?.text).toMatch(/has no password/);
  });

  test("ingest ends within 5 s, whatever it reads", async () => {
    const box = fixture.aMailbox();
    await putAccount("many", box.access);
    for (const { mail } of await Promise.all(Array.from({ length: 40 }, () => fixture.aBounce())))
      await fixture.dovecot.deliver(box.user, mail);
    const stop = anIngest();
    await expect.poll(async () => (await fixture.dovecot.mails(box.user, "INBOX.Processed")).length).toBeGreaterThan(3);
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(5000);
    expect((await fixture.dovecot.mails(box.user)).length).toBeGreaterThan(0);
  });
});
