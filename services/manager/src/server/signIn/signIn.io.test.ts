import { createServer, request } from "node:http";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { userSessions } from "@email-agent/shared/adapters/userSessions.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { badItemLog } from "@email-agent/shared/kit/badItems.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { type FakeClock, fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../../../infra/local/freePort.ts";
import { type Issuer, startIssuer } from "../../../../../infra/local/issuer.ts";
import { listen } from "../../../../../infra/local/listen.ts";
import { type CookieBrowser, cookieBrowser, type Landing } from "../../../testing/cookieBrowser.ts";
import { failure } from "../http/failure.ts";
import { seal } from "../http/seal.ts";
import { type OidcConfig, oidcSignIn } from "./oidcClient.ts";
import { beginSignIn, finishSignIn, signOut } from "./signInRoutes.ts";
import { signedInUser } from "./visitor.ts";

const managerUrl = "http://127.0.0.1:8090";
const users = [
  { id: "writer", name: "Wren Writer" },
  { id: "stranger", name: "Sam Stranger" },
];
const sessionName = "email-manager-session-8090";
const transactionsOf = ({ cookies }: CookieBrowser) =>
  [...cookies].filter(([name]) => name.startsWith("email-manager-sign-in-8090-"));

let tables: Tables;
let issuer: Issuer;
beforeAll(async () => {
  [tables, issuer] = await Promise.all([startTables(), startIssuer({ managerUrl, users })]);
  await putUser("writer");
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
  await tables[Symbol.asyncDispose]();
});

const putUser = (id: string, fields: Partial<User> = {}) =>
  tables.aws.dynamo.send(
    new PutCommand({
      TableName: tables.names.CONFIG_TABLE,
      Item: { pk: "user", sk: id, name: "Wren Writer", role: "write", eventAccess: ["*"], ...fields },
    }),
  );
const removeUser = (id: string) =>
  tables.aws.dynamo.send(new DeleteCommand({ TableName: tables.names.CONFIG_TABLE, Key: { pk: "user", sk: id } }));

interface Given extends Partial<OidcConfig> {
  readonly clock?: FakeClock;
}

/** A manager, and a browser that reaches its three addresses; its pages respond with their own path. */
function open({ clock = fakeClock(), ...variables }: Given = {}) {
  const lines: string[] = [];
  const log = openLog("manager", "info", { write: (line: string) => void lines.push(line) });
  const config = {
    SESSION_SECRET: "a secret of more than 32 characters",
    MANAGER_URL: managerUrl,
    OIDC_ISSUER: issuer.url,
    OIDC_INTERNAL_URL: "",
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_USER_CLAIM: "sub",
    ...variables,
  };
  const manager = {
    ...{ config, clock, log },
    configTable: configTable(tables.aws, tables.names, { log }),
    configStore: configStore(tables.aws, tables.names),
    userSessions: userSessions(tables.aws, tables.names),
    reportBadItem: badItemLog(log),
  };
  const signIn = oidcSignIn(config, { clock: { now: clock.now, sleep: async () => {} }, log });
  const browser = cookieBrowser(managerUrl, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/auth/sign-in") return beginSignIn(manager, signIn, request);
    if (pathname === "/api/auth/callback") return finishSignIn(manager, signIn, request);
    if (pathname === "/api/auth/sign-out")
      return signOut(manager, signIn, request).catch((error) => failure(log, error));
    return new Response(pathname);
  });
  const signedIn = async () => (await signedInUser(manager, { headers: cookieHeader(browser) }))?.user;
  return { manager, signIn, browser, lines, clock, signedIn };
}

const cookieHeader = ({ cookies }: CookieBrowser) =>
  new Headers({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") });

const begin = (returnTo = "/") => `${managerUrl}/api/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`;

/** Presses the button of a user on the issuer's page. */
const choose = (browser: CookieBrowser, page: Landing, user: string) => {
  expect(page.text).toContain(`name="user" value="${user}"`);
  return browser.go(page.url, { user }, issuer.url);
};

const reasonOf = ({ url }: Landing) => (url.pathname === "/sign-in" ? url.searchParams.get("reason") : url.href);

test("a user signs in at the issuer, comes back to where they were, and has the rights of Config", async () => {
  const { browser, signedIn, lines } = open();
  expect(await signedIn()).toBeUndefined();
  const page = await browser.go(begin("/work-orders/wo-1?list=send"));
  expect(page.url.origin).toBe(issuer.url);
  const landing = await choose(browser, page, "writer");
  expect(landing.url.href).toBe(`${managerUrl}/work-orders/wo-1?list=send`);
  expect(await signedIn()).toMatchObject({ id: "writer", name: "Wren Writer", role: "write", eventAccess: ["*"] });
  // Nothing readable lies in the browser, and what was kept for the way there and back is gone.
  expect(browser.cookies.get(sessionName)).not.toContain("writer");
  expect(transactionsOf(browser)).toEqual([]);
  expect(lines.join("")).toContain('"userId":"writer"');
});

test("where the manager reaches the issuer at another address, browsers and tokens keep the public one", async () => {
  const inner = await freePort();
  await using door = await openDoor(inner);
  await using inside = await startIssuer({ port: inner, publicUrl: door.url, managerUrl, users });
  const { browser, signedIn } = open({
    OIDC_ISSUER: door.url,
    OIDC_INTERNAL_URL: `http://127.0.0.1:${inner}`,
    OIDC_CLIENT_SECRET: inside.clientSecret,
  });
  const page = await browser.go(begin());
  expect(page.url.origin).toBe(door.url);
  expect((await browser.go(page.url, { user: "writer" }, door.url)).url.href).toBe(`${managerUrl}/`);
  expect(await signedIn()).toMatchObject({ id: "writer" });
  // Only the browser used the public address; the manager used the inner one.
  expect(door.paths.map((path) => path.split(/[/?]/)[1])).toEqual(["auth", "interaction", "interaction", "auth"]);
  expect((await browser.go(`${managerUrl}/api/auth/sign-out`, {})).url.href).toContain("state=signed-out");
  expect(door.paths.at(-1)).toMatch(/^\/session\/end\?/);
});

/** A second address of a port, and the paths requested through it. */
async function openDoor(to: number): Promise<AsyncDisposable & { readonly url: string; readonly paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((asked, answer) => {
    paths.push(asked.url ?? "");
    const { method, headers, url: path } = asked;
    const passed = request({ port: to, host: "127.0.0.1", method, headers, path, agent: false }, (got) => {
      answer.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(answer);
    });
    passed.on("error", (error) => answer.destroy(error));
    asked.pipe(passed);
  });
  const port = await listen(server, {});
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("what leaves for the issuer is protected against replay, mix-up and theft of the code", async () => {
  const { signIn } = open();
  const begun = await signIn.begin("/");
  if ("problem" in begun) throw new Error(begun.problem);
  const asked = begun.address.searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("state")).toBe(begun.transaction.state);
  expect(asked.get("nonce")).toBe(begun.transaction.nonce);
  expect(begun.address.href).not.toContain(begun.transaction.verifier);
  expect(asked.get("redirect_uri")).toBe(`${managerUrl}/api/auth/callback`);
  const next = await signIn.begin("/");
  if ("problem" in next) throw new Error(next.problem);
  for (const key of ["state", "nonce", "verifier"] as const)
    expect(next.transaction[key]).not.toBe(begun.transaction[key]);
});

/** Signs in up to the address of the callback, which is then not opened. */
async function untilCallback(given = open()) {
  const { browser } = given;
  const page = await browser.go(begin("/work-orders/new"));
  const address: URL[] = [];
  const watching = cookieBrowser(managerUrl, async (request) => {
    address.push(new URL(request.url));
    return new Response("");
  });
  for (const kind of ["cookies", "pathCookies"] as const)
    for (const [name, value] of browser[kind]) watching[kind].set(name, value);
  await choose(watching, page, "writer");
  return { ...given, callback: address[0] as URL };
}

test("a callback counts only with the state of the sign-in begun in this browser", async () => {
  const { browser, callback, signedIn } = await untilCallback();
  const forged = new URL(callback);
  forged.searchParams.set("state", "forged");
  expect(reasonOf(await browser.go(forged))).toBe("stale");
  expect(await signedIn()).toBeUndefined();

  const other = open();
  expect(reasonOf(await other.browser.go(callback))).toBe("stale");
  await other.browser.go(begin());
  expect(reasonOf(await other.browser.go(callback))).toBe("stale");
  expect(await other.signedIn()).toBeUndefined();
});

test("sign-ins begun in several tabs all succeed, in any order, and their cookies stay few", async () => {
  const { browser, signedIn } = open();
  const pages: Landing[] = [];
  for (const tab of ["a", "b", "c"]) pages.push(await browser.go(begin(`/work-orders/${tab}`)));
  const landed = [];
  for (const page of [pages[1], pages[0], pages[2]]) landed.push((await choose(browser, page!, "writer")).url.pathname);
  expect(landed).toEqual(["/work-orders/b", "/work-orders/a", "/work-orders/c"]);
  expect(await signedIn()).toMatchObject({ id: "writer" });
  const restless = open().browser;
  for (let tab = 0; tab < 8; tab += 1) await restless.go(begin());
  expect(transactionsOf(restless)).toHaveLength(5);
});

test("a code is of use once, and only to who has its verifier and nonce", async () => {
  const first = await untilCallback();
  const kept = transactionsOf(first.browser);
  expect((await first.browser.go(first.callback)).url.pathname).toBe("/work-orders/new");
  first.browser.cookies.clear();
  for (const [name, value] of kept) first.browser.cookies.set(name, value);
  expect(reasonOf(await first.browser.go(first.callback))).toBe("stale");
  expect(await first.signedIn()).toBeUndefined();

  const transaction = await seal(first.manager.config.SESSION_SECRET, "sign-in");
  for (const stolen of [{ verifier: "x".repeat(43) }, { nonce: "another" }]) {
    const { browser, callback, clock, signedIn } = await untilCallback();
    const [name, value] = transactionsOf(browser)[0] ?? ["", ""];
    const real = await transaction.open(value, clock.now());
    const changed = await transaction.close({ ...real, ...stolen }, clock.now() + 60_000);
    browser.cookies.set(name, changed);
    expect((await browser.go(callback)).url.pathname).toBe("/sign-in");
    expect(await signedIn()).toBeUndefined();
  }
});

test("the back button on the callback leaves the user signed in", async () => {
  const { browser, callback, signedIn } = await untilCallback();
  await browser.go(callback);
  expect((await browser.go(callback)).url.pathname).toBe("/");
  expect(await signedIn()).toMatchObject({ id: "writer" });
});

test("a user who takes more than ten minutes at the issuer begins again", async () => {
  const { browser, callback, clock } = await untilCallback();
  await clock.advance(10 * 60_000);
  expect(reasonOf(await browser.go(callback))).toBe("stale");
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example/", "/%09//evil.example", "/.//evil.example"])(
  "signing in never ends elsewhere: %s",
  async (returnTo) => {
    const { browser } = open();
    const landing = await choose(browser, await browser.go(begin(returnTo)), "writer");
    expect(landing.url.origin).toBe(managerUrl);
  },
);

test("a session ends after 12 hours", async () => {
  const { browser, signedIn, clock } = open();
  await choose(browser, await browser.go(begin()), "writer");
  await clock.advance(12 * 3_600_000 - 2000);
  expect(await signedIn()).toMatchObject({ id: "writer" });
  await clock.advance(2000);
  expect(await signedIn()).toBeUndefined();
});

test("a user whom the issuer knows and Config does not is shown the user id to give to an administrator", async () => {
  const { browser, signedIn } = open();
  await choose(browser, await browser.go(begin()), "stranger");
  await expect(signedIn()).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringMatching(/signed in as stranger, but you have no access yet/),
  });
  await putUser("stranger");
  expect(await signedIn()).toMatchObject({ id: "stranger" });
  await removeUser("stranger");
  await expect(signedIn()).rejects.toMatchObject({ code: "forbidden" });
});

test("a user whose item in Config does not fit has no access, at signing in and after; the log names the field once", async () => {
  await putUser("stranger", { eventAccess: "*" as never });
  const { browser, signedIn, lines } = open();
  expect((await choose(browser, await browser.go(begin("/x")), "stranger")).url.pathname).toBe("/x");
  for (let request = 0; request < 3; request += 1)
    await expect(signedIn()).rejects.toMatchObject({ code: "forbidden" });
  const faults = lines.filter((line) => line.includes("field eventAccess"));
  expect(faults).toHaveLength(1);
  await removeUser("stranger");
});

test("a user who cancels at the issuer is not signed in and sees why", async () => {
  const { browser, signedIn } = open();
  const page = await browser.go(begin());
  expect(reasonOf(await browser.go(page.url, { cancel: "yes" }, issuer.url))).toBe("refused");
  expect(await signedIn()).toBeUndefined();
});

test("an issuer that does not respond is reported, and tried again the next time", async () => {
  const port = await freePort();
  const { browser, signIn, lines } = open({ OIDC_ISSUER: `http://127.0.0.1:${port}` });
  const landing = await browser.go(begin("/work-orders/new"));
  expect(reasonOf(landing)).toBe("unreachable");
  expect(landing.url.searchParams.get("returnTo")).toBe("/work-orders/new");
  expect(await signIn.end()).toBeUndefined();
  expect(lines.join("")).toContain('"level":"warn"');
  {
    await using _late = await startIssuer({ port, managerUrl, users });
    expect((await browser.go(begin())).url.port).toBe(String(port));
  }
  // Its metadata is cached: leaving for it needs no request.
  expect(await signIn.begin("/")).toHaveProperty("address");
});

test("an issuer that goes away in between is said so", async () => {
  const port = await freePort();
  const late = await startIssuer({ port, managerUrl, users });
  const given = open({ OIDC_ISSUER: late.url, OIDC_CLIENT_SECRET: late.clientSecret });
  const page = await given.browser.go(begin());
  expect(page.url.origin).toBe(late.url);
  await late[Symbol.asyncDispose]();
  const state = new URL(`http://x/?${await stateOf(given)}`).searchParams.get("state");
  const callback = new URL(`/api/auth/callback?code=abc&state=${state}&iss=${late.url}`, managerUrl);
  expect(reasonOf(await given.browser.go(callback))).toBe("unreachable");
});

async function stateOf({ browser, manager, clock }: ReturnType<typeof open>) {
  const sealed = seal(manager.config.SESSION_SECRET, "sign-in");
  const contents = await sealed.open(transactionsOf(browser)[0]?.[1] ?? "", clock.now());
  return `state=${contents?.["state"]}`;
}

test.each([
  ["a client secret that is not right", { OIDC_CLIENT_SECRET: "wrong" }, "misconfigured"],
  ["a claim that is not there", { OIDC_USER_CLAIM: "employee" }, "no-user-id"],
])("%s is an administrator's matter, and the log says what", async (_, variables, reason) => {
  const { browser, lines, signedIn } = open(variables);
  const landing = await choose(browser, await browser.go(begin()), "writer");
  expect(reasonOf(landing)).toBe(reason);
  expect(await signedIn()).toBeUndefined();
  expect(lines.join("")).toMatch(/invalid_client|"claim":"employee"/);
});

test("the claim that OIDC_USER_CLAIM names is the user id", async () => {
  const { browser, signedIn } = open({ OIDC_USER_CLAIM: "aud" });
  await choose(browser, await browser.go(begin()), "writer");
  await expect(signedIn()).rejects.toThrow(`signed in as ${issuer.clientId}`);
});

test("signing out ends the session here and at the issuer, and only a page of ours can ask for it", async () => {
  const { browser, signedIn } = open();
  await choose(browser, await browser.go(begin()), "writer");
  const out = `${managerUrl}/api/auth/sign-out`;
  expect((await browser.go(out, {}, "https://evil.example")).status).toBe(403);
  expect(await signedIn()).toMatchObject({ id: "writer" });
  // As long as the issuer's session lasts, it shows no form again.
  const again = await browser.go(begin("/work-orders/new"));
  expect(again.url.href).toBe(`${managerUrl}/work-orders/new`);

  const landing = await browser.go(out, {});
  expect(landing.url.href).toBe(`${managerUrl}/sign-in?state=signed-out`);
  expect(browser.cookies.has(sessionName)).toBe(false);
  expect(await signedIn()).toBeUndefined();
  expect((await browser.go(begin())).url.origin).toBe(issuer.url);
});

describe("the end of a session", () => {
  const out = `${managerUrl}/api/auth/sign-out`;
  const user = async (id: string) => (await open().manager.configTable.user(id)) as User;
  /** A browser of its own in which this user signed in. */
  async function signIn(id: string, given: Given = {}) {
    const opened = open(given);
    await choose(opened.browser, await opened.browser.go(begin()), id);
    return opened;
  }

  test("acceptance 74: after signing out in one browser no cookie of that user is worth anything, stolen ones included", async () => {
    await putUser("writer");
    const clock = fakeClock();
    const [here, elsewhere] = [await signIn("writer", { clock }), await signIn("writer", { clock })];
    const stolen = new Headers({ cookie: cookieHeader(here.browser).get("cookie") ?? "" });
    expect(await signedInUser(here.manager, { headers: stolen })).toMatchObject({ user: { id: "writer" } });
    await here.browser.go(out, {});
    expect(await signedInUser(here.manager, { headers: stolen })).toBeUndefined();
    expect(await elsewhere.signedIn()).toBeUndefined();
    // In the same second: who signs in again is signed in, and can sign out again.
    for (let n = 0; n < 3; n += 1) {
      const again = await signIn("writer", { clock });
      expect(await again.signedIn()).toMatchObject({ id: "writer" });
      expect(await elsewhere.signedIn()).toBeUndefined();
      await again.browser.go(out, {});
      expect(await again.signedIn()).toBeUndefined();
    }
    await putUser("writer");
  });

  test("a manager whose clock is behind ends sessions begun at another one, and never moves an end backwards", async () => {
    await putUser("writer");
    const ahead = await signIn("writer", { clock: fakeClock("2026-03-01T08:00:02.000Z") });
    const behind = await signIn("writer", { clock: fakeClock("2026-03-01T08:00:00.000Z") });
    await behind.browser.go(out, {});
    expect(await ahead.signedIn()).toBeUndefined();
    const { sessionsValidAfter } = await user("writer");
    await open().manager.userSessions.end("writer", 1);
    expect((await user("writer")).sessionsValidAfter).toBe(sessionsValidAfter);
    await open().manager.userSessions.end("unknown", 1);
    expect(await user("unknown")).toBeUndefined();
    await putUser("writer");
  });

  test.each<[string, Partial<User>]>([
    ["role", { role: "read" }],
    ["events", { eventAccess: ["SUMMER26"] }],
    ["right to see addresses", { showAddresses: true }],
  ])("another %s ends the sessions begun with the one before", async (_, fields) => {
    await putUser("writer");
    const { signedIn, browser } = await signIn("writer");
    expect(await signedIn()).toMatchObject({ id: "writer" });
    await putUser("writer", fields);
    expect(await signedIn()).toBeUndefined();
    await browser.go(begin());
    expect(await signedIn()).toMatchObject(fields);
    await putUser("writer");
  });

  test("a removed user is out at the next request", async () => {
    await putUser("writer");
    const { signedIn } = await signIn("writer");
    await removeUser("writer");
    await expect(signedIn()).rejects.toMatchObject({ code: "forbidden" });
    await putUser("writer");
  });

  test("if the end cannot be written, the page says that other sessions go on", async () => {
    const { browser, manager, lines, signedIn } = await signIn("writer");
    manager.userSessions.end = () => Promise.reject(new Error("the table is away"));
    expect(reasonOf(await browser.go(out, {}))).toBe("signed-out-here");
    expect(browser.cookies.has(sessionName)).toBe(false);
    expect(await signedIn()).toBeUndefined();
    expect(lines.join("")).toContain("the end of the sessions could not be written");
  });
});
