import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { anAccount, aPool, aPrompt, aStage, someLanguages } from "../../testing/builders.ts";
import { type ConfigContents, putConfig } from "../../testing/putConfig.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import { checkPools } from "../domain/recipients/pool.ts";
import { type ConfigTable, configTable } from "./configTable.ts";

let tables: Tables;
let config: ConfigTable;
const logged: string[] = [];

beforeAll(async () => {
  tables = await startTables();
  config = configTable(tables.aws, tables.names, {
    log: { error: ({ error }) => void logged.push(error instanceof Error ? error.message : String(error)) },
  });
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const put = (contents: ConfigContents) => putConfig(tables.aws, tables.names, contents);
const putRaw = (item: Record<string, unknown>) =>
  tables.aws.dynamo.send(new PutCommand({ TableName: tables.names.CONFIG_TABLE, Item: item }));

test("stages, pools, accounts and languages are named by their sort key", async () => {
  const [stage, pool, account] = [aStage({ name: "reg" }), aPool({ name: "all" }), anAccount({ name: "office" })];
  await put({ stages: [stage], pools: [pool], accounts: [account], languages: [...someLanguages().values()] });
  expect(await config.stage("reg")).toMatchObject(stage);
  expect(await config.stages()).toMatchObject([stage]);
  expect((await config.pools()).get("all")).toMatchObject(pool);
  expect(await config.account("office")).toMatchObject(account);
  expect([...(await config.languages()).keys()].sort()).toEqual(["DE", "EN", "FR", "SP"]);
  expect((await config.languages()).get("SP")).toMatchObject({ code: "SP", name: "Spanish", everyone: false });
  expect(await config.stage("none")).toBeUndefined();
  expect(await config.account("none")).toBeUndefined();
});

test("acceptance 64: one broken item hides no other; a broken pool stays, and accepts no one, with its problem", async () => {
  await put({
    stages: [aStage({ name: "reg" })],
    pools: [aPool({ name: "all" })],
    accounts: [anAccount({ name: "office" })],
    languages: [...someLanguages().values()],
  });
  for (const pk of ["stage", "pool", "account", "language", "tester", "user"])
    await putRaw({
      pk,
      sk: "broken",
      ...{ attributes: "none", order: "first", name: 7, label: 7, ratePerSecond: "fast" },
    });
  logged.length = 0;
  const [stages, pools, accounts] = [await config.stages(), await config.pools(), await config.accounts()];
  const [languages, testers, users] = [await config.languages(), await config.testers(), await config.users()];
  expect([stages, accounts, testers, users].flat().filter((item) => JSON.stringify(item).includes("broken"))).toEqual(
    [],
  );
  expect(stages.map(({ name }) => name)).toContain("reg");
  expect(accounts.map(({ name }) => name)).toContain("office");
  expect([...languages.keys()].sort()).toEqual(["DE", "EN", "FR", "SP"]);
  expect(pools.get("all")?.problem).toBeUndefined();
  const problem = expect.stringMatching(/item pool\/broken, field attributes/);
  expect(pools.get("broken")).toMatchObject({ attributes: [], problem });
  expect(() => checkPools(pools, ["broken"])).toThrow(/pool "broken" does not fit.*field attributes/);
  expect(() => checkPools(pools, ["all"])).not.toThrow();
  expect(logged).toHaveLength(6);
  // One line for a person, not one at every reading; another fault of the item is another line.
  await Promise.all([config.stages(), config.pools(), config.accounts(), config.languages(), config.testers()]);
  expect(logged).toHaveLength(6);
  await putRaw({ pk: "stage", sk: "broken", pools: 7, order: 1 });
  await config.stages();
  expect(logged).toHaveLength(7);
  await expect(config.stage("broken")).rejects.toMatchObject({ code: "bad-item" });
});

test("the prompts of the event and of default, past a page of 1 MB, and of no other event", async () => {
  const long = "x".repeat(50_000);
  const many = Array.from({ length: 30 }, (_, index) => aPrompt({ event: "E2026", key: `k${index}`, text: long }));
  const others = [
    aPrompt({ event: "default", key: "reglink", language: "universal", text: "<a>" }),
    aPrompt({ event: "E20261", key: "k1" }),
    aPrompt({ event: "E202", key: "k1" }),
  ];
  await put({ prompts: [...many, ...others] });
  const prompts = await config.prompts("E2026");
  expect(prompts).toHaveLength(31);
  expect(prompts).toContainEqual(expect.objectContaining(others[0] as object));
  expect(new Set(prompts.map(({ event }) => event))).toEqual(new Set(["E2026", "default"]));
  expect(await config.prompts("default")).toHaveLength(1);
});

test("settings are one object: each item's value under its name, defaults for the rest", async () => {
  expect(await config.settings()).toMatchObject({ timeZone: "UTC", failureCeiling: { ratio: 0.2, minimum: 20 } });
  await put({
    settings: { registrationHosts: ["r.example.org"], timeZone: "Europe/Madrid", mergeFields: { CITY: "homeCity" } },
  });
  expect(await config.settings()).toMatchObject({
    registrationHosts: ["r.example.org"],
    timeZone: "Europe/Madrid",
    mergeFields: { CITY: "homeCity" },
    registrationPlaceholderId: "123456789",
  });
});

describe("an item that does not fit is an error naming table, key and field", () => {
  beforeEach(() => put({}));

  test.each([
    [{ pk: "stage", sk: "bad", pools: "all" }, () => config.stage("bad"), "stage/bad", "pools"],
    [{ pk: "account", sk: "bad", maxConnections: 0 }, () => config.account("bad"), "account/bad", "maxConnections"],
    [{ pk: "prompt", sk: "bad#key", text: "x" }, () => config.prompts("bad"), "prompt/bad#key", "sk"],
    [{ pk: "prompt", sk: "E9#key#EN" }, () => config.prompts("E9"), "prompt/E9#key#EN", "text"],
    [{ pk: "setting", sk: "timeZone" }, () => config.settings(), "setting/timeZone", "value"],
    [{ pk: "setting", sk: "timeZone", value: 7 }, () => config.settings(), "setting", "timeZone"],
  ])("%j", async (item, read, key, field) => {
    await putRaw(item);
    await expect(read()).rejects.toMatchObject({
      code: "bad-item",
      details: { table: tables.names.CONFIG_TABLE, key, field },
    });
  });
});
