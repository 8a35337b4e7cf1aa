import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import { compareConfiguration } from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testStack.ts";
import { organisation } from "./organisation.ts";
import { seedEmpty, seedOrganisation } from "./seed.ts";

const defaults = { EMAIL_FROM: "", MAILCHIMP_REPLY_TO: "" };
let demo: TestStack;
let empty: TestStack;
beforeAll(async () => {
  demo = await startTestStack();
  empty = await startTestStack();
});
afterAll(async () => {
  await demo?.[Symbol.asyncDispose]();
  await empty?.[Symbol.asyncDispose]();
});

test("acceptance 133: the demo organisation is a configuration file: seeding imports it, once, and importing it again changes nothing", async () => {
  const { aws, config } = demo;
  expect(organisation.faults).toEqual([]);
  expect(await seedOrganisation(aws.dynamo, config, 20)).toEqual({ added: 20, total: 20 });
  const store = configStore(aws, config);
  const before = configurationOf(await readStored(store));
  const { changes, faults, unchanged } = compareConfiguration(before, organisation, { remove: false, defaults });
  expect({ changes, faults }).toEqual({ changes: [], faults: [] });
  expect(unchanged).toBe(organisation.items.length);
  expect(
    (await configTable(aws, config, { log: openLog("test", "error") }).account("newsletter"))?.dkim?.privateKey,
  ).toContain("PRIVATE KEY");

  // What a user changed since then stays.
  const stored = await store.get("stage", "reg");
  await store.change({
    kind: "stage",
    key: "reg",
    before: stored,
    after: { ...stored?.fields, description: "Mine" },
    by: "ada",
    now: 1,
    id: "1",
  });
  expect(await seedOrganisation(aws.dynamo, config, 25)).toEqual({ added: 5, total: 25 });
  expect((await store.get("stage", "reg"))?.fields).toMatchObject({ description: "Mine" });
});

test("an empty organisation has one administrator, stays so, and is never mixed with the demo organisation", async () => {
  const { aws, config } = empty;
  await seedEmpty(aws.dynamo, config);
  await seedEmpty(aws.dynamo, config);
  const kinds = Object.entries(await readStored(configStore(aws, config))).map(([kind, items]) => [
    kind,
    [...items.keys()],
  ]);
  expect(kinds.filter(([, keys]) => keys?.length)).toEqual([["user", ["admin"]]]);
  await expect(seedOrganisation(aws.dynamo, config, 20)).rejects.toThrow("These data began empty");
  await expect(seedEmpty(demo.aws.dynamo, demo.config)).rejects.toThrow("--fresh");
});
