import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { badItemLog } from "@email-agent/shared/kit/badItems.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Issuer, startIssuer } from "../../../../../infra/local/issuer.ts";
import { cookieBrowser } from "../../../testing/cookieBrowser.ts";
import { oidcSignIn } from "./oidcClient.ts";
import { beginSignIn, finishSignIn } from "./signInRoutes.ts";
import { signedInUser } from "./visitor.ts";

const managerUrl = "http://127.0.0.1:8090";
const people = [
  { id: "sub-ann", name: "Ann", email: "Ann.Admin@Example.org" },
  { id: "sub-ann-twice", name: "Ann again", email: "ann.admin@example.org" },
  { id: "sub-unverified", name: "Eve", email: "ann.admin@example.org", isEmailVerified: false },
  { id: "sub-kelvin", name: "Mallory", email: "\u212Aen@example.org" },
  { id: "sub-none", name: "Nemo" },
  { id: "invited-ann", name: "Trick", email: "trick@example.org" },
];

let tables: Tables;
let issuer: Issuer;
beforeAll(async () => {
  [tables, issuer] = await Promise.all([startTables(), startIssuer({ managerUrl, users: people })]);
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
  await tables[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const store = configStore(tables.aws, tables.names);
  for (const before of await store.list("user"))
    await store.change({ kind: "user", key: before.key, before, after: undefined, by: "test", now: 0, id: ulid() });
});

const clock = { now: () => Date.now() };
const rights = { name: "Ann", role: "write", eventAccess: ["SUMMER26"], people: true, showAddresses: true };

/** A manager process with a browser of its own. */
function open() {
  const lines: string[] = [];
  const log = openLog("manager", "info", { write: (line: string) => void lines.push(line) });
  const config = {
    ...{ SESSION_SECRET: "a secret of more than 32 characters", MANAGER_URL: managerUrl, OIDC_USER_CLAIM: "sub" },
    ...{ OIDC_ISSUER: issuer.url, OIDC_INTERNAL_URL: "", OIDC_CLIENT_ID: issuer.clientId },
    OIDC_CLIENT_SECRET: issuer.clientSecret,
  };
  const { aws, names } = tables;
  const manager = {
    ...{ config, clock, log },
    ...{ configTable: configTable(aws, names, { log }), configStore: configStore(aws, names) },
    reportBadItem: badItemLog(log),
  };
  const signIn = oidcSignIn(config, { clock: { now: clock.now, sleep: async () => {} }, log });
  const browser = cookieBrowser(managerUrl, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/auth/sign-in") return beginSignIn(manager, signIn, request);
    if (pathname === "/api/auth/callback") return finishSignIn(manager, signIn, request);
    return new Response(pathname);
  });
  const signInAs = async (user: string) => {
    const page = await browser.go(`${managerUrl}/api/auth/sign-in?returnTo=${encodeURIComponent("/work-orders/new")}`);
    return browser.go(page.url, { user }, issuer.url);
  };
  const cookies = () => new Headers({ cookie: [...browser.cookies].map((pair) => pair.join("=")).join("; ") });
  const user = async () => (await signedInUser(manager, { headers: cookies() }))?.user;
  const invite = (email: string, fields: object = rights, key = `invited-${ulid()}`) =>
    manager.configStore.change({
      ...{ kind: "user" as const, key, before: undefined, after: { ...fields, email } },
      ...{ by: "admin", now: Date.now(), id: ulid() },
    });
  return { manager, signInAs, user, invite, lines };
}

const auditLines = async () => {
  const { Items = [] } = await tables.aws.dynamo.send(
    new QueryCommand({
      TableName: tables.names.AUDIT_TABLE,
      KeyConditionExpression: "workOrderId = :config",
      ExpressionAttributeValues: { ":config": "config" },
    }),
  );
  return Items;
};

test("acceptance 138: an invited address becomes a user with the invited rights at its first verified sign-in", async () => {
  const { manager, signInAs, user, invite, lines } = open();
  await invite("ann.ADMIN@example.org");
  expect(await manager.configTable.users()).toEqual([]);
  expect((await signInAs("sub-ann")).url.pathname).toBe("/work-orders/new");
  expect(await user()).toMatchObject({ ...rights, id: "sub-ann" });
  const [only, ...more] = await manager.configStore.list("user");
  expect(more).toEqual([]);
  expect(only).toMatchObject({ key: "sub-ann", version: 1, changedBy: "sub-ann" });
  expect(only?.fields).not.toHaveProperty("email");
  // A second person with the address of a used invitation is not invited.
  const other = open();
  await other.signInAs("sub-ann-twice");
  await expect(other.user()).rejects.toMatchObject({ code: "forbidden" });

  const lastTwo = (await auditLines()).slice(-2);
  expect(lastTwo.map(({ by, data }) => [by, data.change]).sort()).toEqual([
    ["sub-ann", "added"],
    ["sub-ann", "removed"],
  ]);
  expect(JSON.stringify([await auditLines(), lines])).not.toMatch(/@example\.org/i);
});

test("acceptance 138: sign-ins at the same moment, also by two people with the address, make one user", async () => {
  for (let round = 0; round < 3; round += 1) {
    const given = Array.from({ length: 6 }, open);
    // Two administrators invited the same address at the same moment.
    await Promise.all(given.slice(0, 2).map(({ invite }) => invite("ann.admin@example.org")));
    const ids = given.map((_, n) => (n % 2 === 0 ? "sub-ann" : "sub-ann-twice"));
    await Promise.all(given.map(({ signInAs }, n) => signInAs(ids[n] ?? "")));
    const [only, ...more] = (await given[0]?.manager.configStore.list("user")) ?? [];
    expect(more).toEqual([]);
    const rightsGiven = await Promise.allSettled(given.map(({ user }) => user()));
    expect(rightsGiven.map(({ status }) => status === "fulfilled")).toEqual(ids.map((id) => id === only?.key));
    const { manager } = given[0] as ReturnType<typeof open>;
    const change = { kind: "user" as const, key: only?.key ?? "", before: only, after: undefined };
    await manager.configStore.change({ ...change, by: "test", now: Date.now(), id: ulid() });
  }
});

test.each([
  ["sub-unverified", "?address=not-verified"],
  ["sub-none", "?address=missing"],
])("without a verified address an invitation gives nothing, and the page says why: %s", async (id, query) => {
  const { manager, signInAs, user, invite } = open();
  await invite("ann.admin@example.org");
  const { url } = await signInAs(id);
  expect(`${url.pathname}${url.search}`).toBe(`/sign-in/no-access${query}`);
  await expect(user()).rejects.toMatchObject({ code: "forbidden" });
  expect(await manager.configStore.list("user")).toHaveLength(1);
});

test("an address that only looks like the invited one, and an id that looks like an invitation, give nothing", async () => {
  const { manager, invite } = open();
  await invite("ken@example.org");
  await invite("trick@example.org", rights, "invited-ann");
  for (const id of ["sub-kelvin", "invited-ann"]) {
    const { signInAs, user } = open();
    await signInAs(id);
    await expect(user()).rejects.toMatchObject({ code: "forbidden" });
  }
  expect(await manager.configStore.list("user")).toHaveLength(2);
});

test("who is a user already keeps the rights, and an invited administrator is no administrator yet", async () => {
  const { manager, signInAs, user, invite } = open();
  const { configStore: store } = manager;
  const stamp = () => ({ by: "test", now: Date.now(), id: ulid() });
  const admin = { name: "Ann", role: "admin", eventAccess: ["*"] };
  await store.change({ kind: "user", key: "sub-ann", before: undefined, after: admin, ...stamp() });
  await invite("ann.admin@example.org", { ...rights, role: "admin" });
  await signInAs("sub-ann");
  expect(await user()).toMatchObject({ role: "admin", eventAccess: ["*"] });
  const before = await store.get("user", "sub-ann");
  await expect(
    store.change({ kind: "user", key: "sub-ann", before, after: undefined, ...stamp() }),
  ).rejects.toMatchObject({ details: { reason: "last-admin" } });
});
