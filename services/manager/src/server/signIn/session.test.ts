import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seal } from "../http/seal.ts";
import { sessions } from "./session.ts";

const config = { SESSION_SECRET: "s".repeat(32), MANAGER_URL: "http://127.0.0.1:8090" };
const minutes = (count: number) => count * 60_000;
const hours = (count: number) => minutes(60 * count);

/** What a browser sends back after a `Set-Cookie` line. */
const sent = (line: string) => new Headers({ cookie: `other=1; ${line.split(";")[0]}; last=2` });

test("a session says who signed in and when, for 12 hours", async () => {
  const clock = fakeClock("2026-03-01T08:00:00.000Z");
  const session = sessions(config, clock);
  const cookie = await session.begin("user-1");
  const found = await session.of(sent(cookie));
  const now = clock.now();
  expect(found).toEqual({
    state: "open",
    session: { userId: "user-1", issuedAt: now / 1000, expiresAt: now + hours(12) },
  });
  await clock.advance(hours(12) - 1000);
  expect(await session.of(sent(cookie))).toMatchObject({ state: "open" });
  await clock.advance(1000);
  expect(await session.of(sent(cookie))).toEqual({ state: "ended" });
});

test("use renews it after an hour, and for 7 days at most", async () => {
  const clock = fakeClock("2026-03-01T08:00:00.000Z");
  const session = sessions(config, clock);
  let cookie = await session.begin("user-1");
  const renewed = async () => {
    const found = await session.of(sent(cookie));
    return found.state === "open" ? session.renew(found.session) : "gone";
  };
  await clock.advance(minutes(59));
  expect(await renewed()).toBeUndefined();
  await clock.advance(minutes(1));
  expect(await renewed()).toContain("email-manager-session-8090=");
  const days = 7;
  for (let hour = 1; hour < 24 * days; hour += 1) {
    cookie = (await renewed()) ?? cookie;
    expect(await session.of(sent(cookie))).toMatchObject({ state: "open", session: { userId: "user-1" } });
    await clock.advance(hours(1));
  }
  expect(await session.of(sent(cookie))).toEqual({ state: "ended" });
});

test("the cookie is out of reach of scripts and other sites, and bound to the host under https", async () => {
  const clock = fakeClock();
  const plain = await sessions(config, clock).begin("user-1");
  expect(plain).toMatch(/^email-manager-session-8090=[^;]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
  const secure = sessions({ ...config, MANAGER_URL: "https://manager.example.org" }, clock);
  const cookie = await secure.begin("user-1");
  expect(cookie).toMatch(
    /^__Host-email-manager-session=[^;]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(await secure.of(sent(cookie))).toMatchObject({ state: "open" });
  expect(secure.end()).toMatch(/^__Host-email-manager-session=; Path=\/; Max-Age=0; /);
});

test("a cookie that was changed, made elsewhere, or made for something else signs no one in", async () => {
  const clock = fakeClock();
  const session = sessions(config, clock);
  const cookie = await session.begin("user-1");
  const value = cookie.slice(cookie.indexOf("=") + 1, cookie.indexOf(";"));
  const states = (text: string) => session.of(new Headers({ cookie: `email-manager-session-8090=${text}` }));
  expect(await session.of(new Headers())).toEqual({ state: "none" });
  expect(await states(value)).toMatchObject({ state: "open" });

  const elsewhere = await sessions({ ...config, SESSION_SECRET: "t".repeat(32) }, clock).begin("user-1");
  expect(await session.of(sent(elsewhere))).toEqual({ state: "ended" });
  const contents = { userId: "user-1", signedInAt: Math.floor(clock.now() / 1000) };
  const later = clock.now() + hours(1);
  expect(await states(await seal(config.SESSION_SECRET, "sign-in").close(contents, later))).toEqual({ state: "ended" });
  expect(await states(await seal(config.SESSION_SECRET, "session").close({ userId: "" }, later))).toEqual({
    state: "ended",
  });
  expect(await states(await seal(config.SESSION_SECRET, "session").close(contents, later))).toMatchObject({
    state: "open",
  });

  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  await fc.assert(
    fc.asyncProperty(fc.nat(value.length - 1), fc.constantFrom(...alphabet), async (at, letter) => {
      const changed = `${value.slice(0, at)}${letter}${value.slice(at + 1)}`;
      // The last letter of a base64url text holds bits that do not count.
      const same = (text: string) => text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
      fc.pre(same(changed).join() !== same(value).join());
      expect(await states(changed)).toEqual({ state: "ended" });
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      const cookieText = text.replaceAll(/[^\x21-\x7e]|;/g, "");
      expect(await states(cookieText)).toEqual({ state: "ended" });
    }),
  );
});

test("acceptance 75: a new session secret keeps users signed in as long as the old one is listed after it", async () => {
  const clock = fakeClock();
  const [before, after] = ["o".repeat(32), "n".repeat(32)];
  const rotated = sessions({ ...config, SESSION_SECRET: `${after},${before}` }, clock);
  const old = sent(await sessions({ ...config, SESSION_SECRET: before }, clock).begin("user-1"));
  expect(await rotated.of(old)).toMatchObject({ state: "open", session: { userId: "user-1" } });
  const only = sessions({ ...config, SESSION_SECRET: after }, clock);
  expect(await only.of(sent(await rotated.begin("user-1")))).toMatchObject({ state: "open" });
  expect(await only.of(old)).toEqual({ state: "ended" });
});

test("of several cookies of the name the one that is ours counts", async () => {
  const session = sessions(config, fakeClock());
  const [pair] = (await session.begin("user-1")).split(";");
  const headers = new Headers({ cookie: `email-manager-session-8090=planted; ${pair}` });
  expect(await session.of(headers)).toMatchObject({ state: "open", session: { userId: "user-1" } });
});
