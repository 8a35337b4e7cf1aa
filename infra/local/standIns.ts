import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startCloud } from "./cloud.ts";
import { demoAudience, demoTemplates } from "./demo/templates.ts";
import { startDynamo } from "./dynamo.ts";
import { startInbox } from "./inbox.ts";
import type { Issuer } from "./issuer.ts";
import { localCredentials } from "./localCredentials.ts";
import { type Mailchimp, startMailchimp } from "./mailchimp.ts";
import type { LocalPorts } from "./ports.ts";
import { startRedis } from "./redis.ts";
import { startWebsite } from "./website.ts";

/** The stand-ins for AWS, Redis, the mail server, Mailchimp and the web sites behind links. */
export async function startStandIns(stack: AsyncDisposableStack, ports: LocalPorts, dataFolder: string) {
  const redisFolder = join(dataFolder, "redis");
  mkdirSync(redisFolder, { recursive: true });
  const inboxOptions = { smtpPort: ports.smtp, httpPort: ports.inboxPage, dataFolder: join(dataFolder, "inbox") };
  const [dynamo, redis, cloud, inbox, mailchimp, website] = await allStarted([
    startDynamo({ port: ports.dynamo, dataFile: join(dataFolder, "dynamo.db") }).then((one) => stack.use(one)),
    startRedis({ port: ports.redis, dataFolder: redisFolder }).then((one) => stack.use(one)),
    startCloud({ port: ports.cloud, dataFolder: join(dataFolder, "cloud") }).then((one) => stack.use(one)),
    startInbox(inboxOptions).then((one) => stack.use(one)),
    startMailchimp({ port: ports.mailchimp, audiences: [demoAudience], templates: demoTemplates() }).then((one) =>
      stack.use(one),
    ),
    startWebsite({ port: ports.website }).then((one) => stack.use(one)),
  ]);
  return { dynamo, redis, cloud, inbox, mailchimp, website };
}

/** How the services reach the stand-ins. */
export function standInVariables({ redis, website, inbox }: Awaited<ReturnType<typeof startStandIns>>, issuer: Issuer) {
  return {
    AWS_ACCESS_KEY_ID: localCredentials.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.credentials.secretAccessKey,
    REDIS_URL: redis.url,
    LINK_CHECK_HOSTS: `*=${website.address}`,
    SECRETS_PREFIX: "email-agent/local/accounts/",
    EMAIL_HOST: "127.0.0.1",
    EMAIL_PORT: String(inbox.smtpPort),
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
  };
}

/** How the services reach the stand-in of Mailchimp. */
export function mailchimpVariables({ apiKey, url }: Pick<Mailchimp, "apiKey" | "url">) {
  return {
    MAILCHIMP_API_KEY: apiKey,
    MAILCHIMP_AUDIENCE: demoAudience.name,
    MAILCHIMP_SERVER_PREFIX: "us1",
    MAILCHIMP_REPLY_TO: "office@example.org",
    MAILCHIMP_BASE_URL: url,
  };
}

/** Like `Promise.all`, but all settle before a failure is thrown: a part that came up late would be left behind. */
export async function allStarted<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}
