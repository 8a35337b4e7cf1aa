import { BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { bucketTemplates } from "@email-agent/shared/adapters/bucketTemplates.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import type { EventRecord } from "@email-agent/shared/domain/event.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import {
  anAccount,
  aPool,
  aPrompt,
  aStage,
  someLanguages,
  someSettings,
} from "@email-agent/shared/testing/builders.ts";
import {
  type AudienceSeed,
  type Mailchimp,
  type MailchimpOptions,
  startMailchimp,
} from "../../../infra/local/mailchimp.ts";
import type { TestStack } from "../../../infra/local/testStack.ts";
import { startWebsite, type Website } from "../../../infra/local/website.ts";
import { linkFetcher } from "../src/adapters/linkFetcher.ts";
import { publicRoutes, standInRoutes, systemResolver } from "../src/adapters/linkRoutes.ts";
import { mailchimp } from "../src/adapters/mailchimp.ts";
import type { TemplateFiles } from "../src/adapters/templateFiles.ts";
import { type BackgroundWork, backgroundWork } from "../src/backgroundWork.ts";
import type { PreparePorts } from "../src/steps/prepare.ts";

/** What Prepare works with, all of it real or over the wire; `files` and `orders` are what the test puts there. */
export interface PrepareFixture extends AsyncDisposable {
  readonly ports: PreparePorts;
  readonly mailchimp: Mailchimp;
  readonly site: Website;
  readonly background: BackgroundWork;
  readonly files: Map<string, string>;
  readonly orders: Map<string, WorkOrder>;
  event(code: string): Promise<EventRecord | undefined>;
  putEvent(event: EventRecord): Promise<void>;
  putConfig(kind: string, name: string, item: object): Promise<void>;
}

/** Waits of the product, a hundred times shorter: nothing here depends on their length. */
const hurriedClock = {
  ...systemClock,
  sleep: (milliseconds: number, signal?: AbortSignal) => systemClock.sleep(milliseconds / 100, signal),
};

export const theAudience: AudienceSeed = {
  name: "Members",
  contact: { company: "Retreats & Co", address1: "Seestraße 1", city: "Konstanz", zip: "78462", country: "DE" },
  permissionReminder: "You signed up at one of our events.",
  fromName: "Retreats",
  fromEmail: "news@example.org",
};

/** Mailchimp and a web site of the test's own, over the tables and the bucket of a stack (`dynamo` and `cloud`). */
export async function startPrepareFixture(
  stack: TestStack,
  options: MailchimpOptions = {},
  { requestTimeoutMilliseconds = 300 } = {},
): Promise<PrepareFixture> {
  await using starting = new AsyncDisposableStack();
  const standIn = starting.use(await startMailchimp({ audiences: [theAudience], badge: false, ...options }));
  const site = starting.use(await startWebsite());
  const background = starting.use(backgroundWork());
  const access = { MAILCHIMP_API_KEY: standIn.apiKey, MAILCHIMP_SERVER_PREFIX: "us1", MAILCHIMP_BASE_URL: standIn.url };
  const files = new Map<string, string>();
  const orders = new Map<string, WorkOrder>();
  const bucket = documents(stack.aws, stack.config);
  const store = events(stack.aws, stack.config);
  const templateFiles: TemplateFiles = { folder: "src/templates", read: async (name) => files.get(name) };
  const running = starting.move();
  return {
    ports: {
      config: configTable(stack.aws, stack.config, { log: console }),
      events: store,
      documents: bucket,
      bucketTemplates: bucketTemplates(stack.aws, stack.config, bucket),
      orders: { get: async (id) => orders.get(id) },
      mailchimp: {
        api: mailchimp(access, hurriedClock, requestTimeoutMilliseconds),
        settings: { MAILCHIMP_AUDIENCE: theAudience.name, MAILCHIMP_REPLY_TO: "reply@example.org" },
      },
      templateFiles,
      clock: hurriedClock,
      background,
      links: linkFetcher(standInRoutes(new Map([["*", site.address]]), systemResolver, publicRoutes(systemResolver))),
      settings: {
        EMAIL_FROM: "noreply@example.com",
        MAILCHIMP_REPLY_TO: "reply@example.org",
        PUBLIC_BASE_URL: "https://mail.example.org",
        PROFILE_URL: "https://www.example.org/profile",
        REGISTRATION_HASH_SECRET: "",
        DEFAULT_PREVIEW_TEXT: "News for you",
      },
    },
    mailchimp: standIn,
    site,
    background,
    files,
    orders,
    event: (code) => store.get(code),
    putEvent: async (event) => {
      await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.EVENTS_TABLE, Item: event }));
    },
    putConfig: async (pk, sk, item) => {
      await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item: { ...item, pk, sk } }));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Stages `reg`, `reminder` (child of `reg`) and `confirm`, a pool, languages, an account, the salutation and the settings. */
export async function putConfiguration(stack: TestStack): Promise<void> {
  const stages = [
    aStage(),
    aStage({ name: "reminder", parentStages: ["reg"] }),
    aStage({ name: "confirm", confirmation: true }),
  ];
  const prompts = ["EN", "SP"].map((language) => aPrompt({ language }));
  const items = [
    ...stages.map((stage) => ({ ...stage, pk: "stage", sk: stage.name })),
    ...[...someLanguages().values()].map((language) => ({ ...language, pk: "language", sk: language.code })),
    ...prompts.map(({ event, key, language, text }) => ({ pk: "prompt", sk: `${event}#${key}#${language}`, text })),
    ...Object.entries(someSettings()).map(([sk, value]) => ({ pk: "setting", sk, value })),
    { ...aPool(), pk: "pool", sk: "everyone" },
    { ...anAccount(), pk: "account", sk: "office" },
  ];
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  await stack.aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [stack.config.CONFIG_TABLE]: requests } }));
}

/** A mail that passes QA; `text` goes into its body. */
export function aMail(text = "Welcome!"): string {
  return `<!doctype html>
<html><body>
<p>Dear *|FNAME|*,</p>
<p>${text}</p>
<p><a href="*|UNSUB|*">unsubscribe</a></p>
</body></html>`;
}
