import { accountRequests } from "@email-agent/shared/adapters/accountRequests.ts";
import { quota } from "@email-agent/shared/adapters/quota.ts";
import type { AccountRequest, AccountRequestKind } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { quick, spawnSender, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture } from "../../testing/sendFixture.ts";

let fixture: SendFixture;
beforeEach(async () => {
  fixture = await openSendFixture();
});
afterEach(() => fixture?.[Symbol.asyncDispose]());

const requests = () => accountRequests(fixture.stack.aws, fixture.stack.config);
async function ask(kind: AccountRequestKind, fields: { account?: string; to?: string; at?: number } = {}) {
  const { account = "office", to, at = Date.now() } = fields;
  const sk = ulid(at);
  await requests().put({ sk, kind, account, by: "anna", ...(to && { to }) }, at);
  return sk;
}
const done = (sk: string, withinSeconds = 20): Promise<AccountRequest> =>
  eventually(
    "the request is done",
    async () => {
      const request = await requests().get(sk);
      return request?.status === "done" ? request : undefined;
    },
    { withinSeconds },
  );
const used = async () => {
  const buckets = await quota(fixture.stack.aws, fixture.stack.config).bucketsSince("office", 0);
  return buckets.reduce((sum, bucket) => sum + bucket.used, 0);
};

test("a check is done by one sender, and its lines come one by one", async () => {
  await using _one = await startSender(fixture, quick);
  await using _two = await startSender(fixture, quick);
  const sk = await ask("check");
  const request = await done(sk);
  expect(request.attempts).toBe(1);
  const verdicts = Object.fromEntries(request.lines.map(({ id, verdict }) => [id, verdict]));
  expect(verdicts).toMatchObject({ settings: "pass", host: "pass", connection: "pass", "mail-from": "pass" });
  expect(new Set(request.lines.map(({ id }) => id)).size).toBe(request.lines.length);
  expect(fixture.inbox.messages()).toHaveLength(0);
});

test("a check takes one of the account's connections, and does without while Sends use all", async () => {
  await fixture.addAccount({ name: "busy", maxConnections: 1 });
  await using parts = await startSender(fixture, quick);
  const sk = await ask("check", { account: "busy" });
  await done(sk);
  expect(fixture.inbox.sessions().most).toBe(1);
  expect(parts.logged.filter(({ level }) => level === "error")).toEqual([]);
});

describe("acceptance 119: a trial mail goes the real way and counts against the quota", () => {
  test("the server's reply comes back, and the mail has our headers", async () => {
    await using _sender = await startSender(fixture, quick);
    const request = await done(await ask("trial", { to: "ana@example.net" }));
    expect(request.lines).toMatchObject([{ verdict: "pass", text: expect.stringMatching(/accepted it: "250 /) }]);
    // The address is gone with the end of the request.
    expect(JSON.stringify(request)).not.toContain("ana@");
    const [mail] = fixture.inbox.messages();
    const parsed = await fixture.inbox.parsed(mail!.id);
    expect(parsed).toMatchObject({ to: [{ address: "ana@example.net" }], subject: "Trial mail of the account office" });
    expect(parsed.headers.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["list-id", "feedback-id", "message-id"]),
    );
    expect(await used()).toBe(1);
  });

  test("a refusal is said in words, without the address", async () => {
    fixture.inbox.script({ phase: "rcpt", reply: "550 5.1.1 <ana@example.net> No such user" });
    await using _sender = await startSender(fixture, quick);
    const request = await done(await ask("trial", { to: "ana@example.net" }));
    expect(request.lines).toMatchObject([
      { verdict: "fail", text: expect.stringMatching(/did not accept it: 550.*No such user/) },
    ]);
    expect(JSON.stringify(request)).not.toContain("ana@");
    // No DATA was sent, so the place is free again.
    expect(await used()).toBe(0);
  });

  test("a quota that is used up sends nothing", async () => {
    await fixture.addAccount({ name: "full", quotaPer24h: 0 });
    await using _sender = await startSender(fixture, quick);
    const request = await done(await ask("trial", { account: "full", to: "ana@example.net" }));
    expect(request.lines).toMatchObject([{ verdict: "fail", text: expect.stringContaining("quota") }]);
    expect(fixture.inbox.messages()).toHaveLength(0);
  });
});

test("the state is the pause of the account with its reason, or none", async () => {
  await fixture.addAccount({ name: "away", port: 1 });
  await using _sender = await startSender(fixture, quick);
  expect((await done(await ask("state", { account: "away" }))).pause).toBeUndefined();
  await done(await ask("trial", { account: "away", to: "ana@example.net" }));
  const request = await done(await ask("state", { account: "away" }));
  expect(request.pause).toMatchObject({ because: "its mail server could not be reached" });
});

describe("a request whose sender was killed", () => {
  test("is done by another one", async () => {
    await using killed = await spawnSender(fixture, quick);
    // A server that says nothing keeps the check busy.
    fixture.inbox.script({ phase: "greeting", cut: "silence", times: "always" });
    const sk = await ask("check");
    await eventually("the check is under way", async () => ((await requests().get(sk))?.lines.length ?? 0) > 0);
    killed.kill("SIGKILL");
    await killed.ended;
    fixture.inbox.clearScripts();
    await using _other = await startSender(fixture, quick);
    const request = await done(sk, 40);
    expect(request.attempts).toBe(2);
    expect(request.lines.filter(({ id }) => id === "host")).toHaveLength(1);
    expect(request.lines.at(-1)?.id).toBe("ptr");
  }, 60_000);

  test("is not sent again if it is a trial mail that may have begun", async () => {
    const sk = await ask("trial", { to: "ana@example.net" });
    const [open] = await requests().open(Date.now());
    const past = Date.now() - 60_000;
    await requests().claim(open!, "a sender that died", past);
    await requests().begin(sk, "a sender that died", past);
    await using _sender = await startSender(fixture, quick);
    expect((await done(sk)).lines).toMatchObject([{ verdict: "warn", text: expect.stringContaining("not known") }]);
    expect(fixture.inbox.messages()).toHaveLength(0);
  });

  test("is given up after the third", async () => {
    const sk = await ask("check");
    for (let n = 0; n < 3; n++) {
      const [open] = await requests().open(Date.now());
      expect(await requests().claim(open!, `sender ${n}`, Date.now() - 60_000)).toBeDefined();
    }
    await using _sender = await startSender(fixture, quick);
    expect((await done(sk)).lines).toMatchObject([
      { verdict: "fail", text: expect.stringContaining("3 senders ended") },
    ]);
  });
});

test("of two senders one claims, and the other's writes change nothing", async () => {
  const sk = await ask("check");
  const [open] = await requests().open(Date.now());
  const claims = await Promise.all(["a", "b", "c"].map((worker) => requests().claim(open!, worker, Date.now())));
  expect(claims.filter(Boolean)).toHaveLength(1);
  expect(await requests().open(Date.now())).toEqual([]);
  expect(
    await requests().addLine(sk, "another-worker", { id: "x", title: "x", verdict: "pass", text: "x" }, Date.now()),
  ).toBe(false);
});

test("requests that no sender took for ten minutes are void", async () => {
  await ask("check", { at: Date.now() - 11 * 60_000 });
  expect(await requests().open(Date.now())).toEqual([]);
});
