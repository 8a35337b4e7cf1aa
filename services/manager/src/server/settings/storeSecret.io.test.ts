import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { aUser, managerOver } from "../../../testing/managerOver.ts";
import { addItem, saveItem } from "./saveItem.ts";
import { storeSecret } from "./storeSecret.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const environment = (more: Record<string, string> = {}) => ({
  ...(stack.config as unknown as Record<string, string>),
  ...more,
});

async function readSecret(arn: string | undefined) {
  const client = new SecretsManagerClient({
    region: stack.config.AWS_REGION,
    endpoint: stack.config.AWS_ENDPOINT_URL,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const read = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  client.destroy();
  return read;
}
const secretText = async (arn: string | undefined) => (await readSecret(arn)).SecretString;

test("a secret goes to Secrets Manager under the prefix, and a later one leaves it as it is", async () => {
  await using under = managerOver(environment({ SECRETS_PREFIX: "email-agent/test/accounts/" }));
  const first = await storeSecret(under.manager, "Büro (1)", "password", "one secret");
  const again = await storeSecret(under.manager, "Büro (1)", "password", "another secret");
  const key = await storeSecret(under.manager, "Büro (1)", "dkim-mail2026", "a key");
  expect(again).not.toBe(first);
  expect(key).not.toBe(first);
  const read = await readSecret(first);
  expect(read).toMatchObject({
    Name: expect.stringMatching(/^email-agent\/test\/accounts\/B=C3=BCro=20=281=29\/password-[0-9A-Z]{26}$/),
    SecretString: "one secret",
  });
});

test("a save that comes too late leaves the password of the account as it is", async () => {
  await using under = managerOver(environment({ SECRETS_PREFIX: "email-agent/test/late/" }));
  const { manager } = under;
  const admin = aUser({ role: "admin" });
  const place = { kind: "account", key: "late" } as const;
  const values = { name: "late", fromAddress: "office@mail.test", host: "smtp.mail.test", username: "office" };
  await addItem(manager, admin, "account", { values: { ...values, password: "first-word" }, version: null });
  const before = await manager.configTable.account("late");
  const { change } = manager.configStore;
  manager.configStore.change = async (asked) => {
    await change({ ...asked, after: { ...asked.before?.fields, fromName: "meanwhile" }, id: `${asked.id}x` });
    return change(asked);
  };
  const body = { values: { ...values, secretArn: before?.secretArn, password: "second-word" }, version: 1 };
  await expect(saveItem(manager, admin, place, body)).rejects.toMatchObject({ code: "conflict" });
  manager.configStore.change = change;
  const after = await manager.configTable.account("late");
  expect(after).toMatchObject({ fromName: "meanwhile", secretArn: before?.secretArn });
  expect(await secretText(after?.secretArn)).toBe("first-word");
  await saveItem(manager, admin, place, { ...body, version: 2 });
  expect(await secretText((await manager.configTable.account("late"))?.secretArn)).toBe("second-word");
});

test("without a prefix nothing is stored: the caller writes Config", async () => {
  await using under = managerOver(environment());
  expect(await storeSecret(under.manager, "office", "password", "a secret")).toBeUndefined();
});

test("the error of a store that is away says nothing of the secret", async () => {
  await using under = managerOver(
    environment({ SECRETS_PREFIX: "email-agent/test/", AWS_ENDPOINT_URL: "http://127.0.0.1:1" }),
  );
  const failed = await storeSecret(under.manager, "office", "password", "hush-hush").catch((error) => error);
  expect(failed).toMatchObject({ code: "dependency", message: expect.stringContaining("did not respond") });
  expect(JSON.stringify([failed, String(failed.stack), failed.cause])).not.toContain("hush");
}, 20_000);
