import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { managerOver } from "../../../testing/managerOver.ts";
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

test("a secret goes to Secrets Manager under the prefix, and a later one replaces its value", async () => {
  await using under = managerOver(environment({ SECRETS_PREFIX: "email-agent/test/accounts/" }));
  const first = await storeSecret(under.manager, "Büro (1)", "password", "one secret");
  const again = await storeSecret(under.manager, "Büro (1)", "password", "another secret");
  const key = await storeSecret(under.manager, "Büro (1)", "dkim-mail2026", "a key");
  expect(again).toBe(first);
  expect(key).not.toBe(first);
  const client = new SecretsManagerClient({
    region: stack.config.AWS_REGION,
    endpoint: stack.config.AWS_ENDPOINT_URL,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const read = await client.send(new GetSecretValueCommand({ SecretId: first }));
  client.destroy();
  expect(read).toMatchObject({
    Name: "email-agent/test/accounts/B=C3=BCro=20=281=29/password",
    SecretString: "another secret",
  });
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
