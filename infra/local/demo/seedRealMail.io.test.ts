import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testStack.ts";
import { accounts } from "./organisation.ts";
import { seedOrganisation } from "./seed.ts";
import { pinDemoAccounts, seedRealMail } from "./seedRealMail.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  await seedOrganisation(stack.aws.dynamo, stack.config, 20);
});
afterAll(() => stack[Symbol.asyncDispose]());

const silent = { log: openLog("test", "error"), metrics: { count() {} } };

async function seed(...recipients: string[]) {
  const orders = workOrderStore(stack.aws, stack.config, silent);
  await seedRealMail(stack.aws.dynamo, stack.config, orders, { from: "news@friends.test", port: 465, recipients });
  return orders;
}

/** Everybody the pool of the real event accepts, by address. */
async function accepted(): Promise<string[]> {
  const found: string[] = [];
  for await (const page of participants(stack.aws, stack.config).pages())
    for (const one of page) if (one.programs?.["REALMAIL"]?.manualInclude) found.push(one.email ?? "");
  return found.sort();
}

test("real mail goes to the people named now and to no one else, and an unsubscription stays", async () => {
  const orders = await seed("anna@friends.test", "Ben@friends.test");
  expect(await accepted()).toEqual(["Ben@friends.test", "anna@friends.test"]);
  const found = [];
  for await (const order of orders.list()) if (order.eventCode === "REALMAIL") found.push(order);
  expect(found).toMatchObject([{ account: "real-mail", languages: ["EN"] }]);

  const [ben = ""] = (found[0]?.testers ?? []).slice(1);
  const Key = { id: ben };
  await stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: stack.config.PARTICIPANTS_TABLE,
      Key,
      UpdateExpression: "SET unsubscribe = :yes",
      ExpressionAttributeValues: { ":yes": true },
    }),
  );
  await seed("ben@friends.test", "carl@friends.test");
  expect(await accepted()).toEqual(["ben@friends.test", "carl@friends.test"]);
  const { Item } = await stack.aws.dynamo.send(new GetCommand({ TableName: stack.config.PARTICIPANTS_TABLE, Key }));
  expect(Item).toMatchObject({ email: "ben@friends.test", unsubscribe: true });
});

test("the account of real mail takes its server from EMAIL_HOST; those of the demo have one of their own", async () => {
  await seed("anna@friends.test");
  await pinDemoAccounts(stack.aws.dynamo, stack.config, { host: "inbox", port: 8023 });
  const table = configTable(stack.aws, stack.config, { log: console });
  const real = await table.account("real-mail");
  expect(real).toMatchObject({ security: "tls", fromAddress: "news@friends.test", maxConnections: 1 });
  expect(real?.host).toBeUndefined();
  for (const { name } of accounts) expect(await table.account(name)).toMatchObject({ host: "inbox", port: 8023 });
});
