import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { silentLog as log } from "@email-agent/shared/testing/pipeline.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aUser } from "../../../testing/managerOver.ts";
import { keepNoticeAddress, ownNotices, switchNotices } from "./ownNotices.ts";

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const clock = { now: () => Date.now() };
async function aStoredUser(fields: object = {}) {
  const store = configStore(tables.aws, tables.names);
  const key = `u-${ulid()}`;
  const after = { name: "Anna", role: "write", eventAccess: ["*"], ...fields };
  await store.change({ kind: "user", key, before: undefined, after, by: "admin", now: Date.now(), id: ulid() });
  return { key, ports: { configStore: store, clock, log }, stored: () => store.get("user", key) };
}

test("acceptance 150: a user without an address for notices gets the verified one of the sign-in, once", async () => {
  const { key, ports, stored } = await aStoredUser();
  await keepNoticeAddress(ports, { userId: key, email: "eve@example.org", isEmailVerified: false });
  expect((await stored())?.fields).not.toHaveProperty("noticeAddress");
  await keepNoticeAddress(ports, { userId: key, email: "anna@example.org", isEmailVerified: true });
  await keepNoticeAddress(ports, { userId: key, email: "other@example.org", isEmailVerified: true });
  expect(await stored()).toMatchObject({ version: 2, changedBy: key, fields: { noticeAddress: "anna@example.org" } });
  await expect(
    keepNoticeAddress(ports, { userId: "unknown", email: "a@example.org", isEmailVerified: true }),
  ).resolves.toBeUndefined();
});

test("acceptance 150: users switch their own notices by mail off and on, and nothing else of their user changes", async () => {
  const { key, ports, stored } = await aStoredUser({ noticeAddress: "anna@example.org", later: "kept" });
  const user = aUser({ id: key, noticeAddress: "anna@example.org" });
  expect(ownNotices(user)).toEqual({ byMail: true, address: "anna@example.org" });
  expect(await switchNotices(ports, user, false)).toEqual({ byMail: false, address: "anna@example.org" });
  expect((await stored())?.fields).toMatchObject({ noticesOff: true, role: "write", later: "kept" });
  expect(await switchNotices(ports, user, true)).toMatchObject({ byMail: true });
  expect((await stored())?.fields).not.toHaveProperty("noticesOff");
});
