import { describe, expect, test } from "vitest";
import { helpText, readConfig } from "./config.ts";
import { type ServiceName, variablesOf } from "./variables.ts";

const examples: Record<string, string> = {
  AWS_PROFILE: "mailing",
  SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/work-order-queue.fifo",
  WEBSOCKET_API_URL: "wss://abc.execute-api.us-east-1.amazonaws.com/live",
  WORK_ORDERS_TABLE: "email-work-orders",
  CONNECTIONS_TABLE: "connections",
  S3_BUCKET: "prepared",
  MAILCHIMP_API_KEY: "key-us21",
  MAILCHIMP_AUDIENCE: "Members",
  MAILCHIMP_SERVER_PREFIX: "us21",
  MAILCHIMP_REPLY_TO: "office@example.org",
  STATUS_TOPIC_ARN: "arn:aws:sns:us-east-1:1:status",
  STATUS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/status",
  REALTIME_TICKET_SECRET: "0123456789abcdef",
  PUBLIC_TOKEN_SECRET: "0123456789abcdef",
};

function needed(service: ServiceName): Record<string, string> {
  return Object.fromEntries(
    variablesOf(service)
      .filter(({ variable }) => variable.from !== undefined)
      .map(({ name }) => [name, examples[name] as string]),
  );
}

describe("acceptance 33: each service reads only its rows and names everything missing at once", () => {
  test.each(["ingest", "campaign", "sender", "notifier"] as const)(
    "%s accepts exactly its required rows",
    (service) => {
      expect(readConfig(service, needed(service))).toHaveProperty("config");
    },
  );

  test.each(["ingest", "campaign", "sender", "notifier"] as const)("%s names every missing row", (service) => {
    const result = readConfig(service, {});
    const names = "problems" in result ? result.problems.map((problem) => problem.name) : [];
    expect(names.sort()).toEqual(
      Object.keys(needed(service))
        .filter((name) => name !== "AWS_PROFILE")
        .sort(),
    );
  });
});

describe("acceptance 114: the product works without Mailchimp", () => {
  const mailchimp = Object.fromEntries(Object.entries(examples).filter(([name]) => name.startsWith("MAILCHIMP_")));

  test.each(["campaign", "sender"] as const)("%s starts with all of its variables, and with none", (service) => {
    expect(readConfig(service, needed(service))).toMatchObject({ config: { MAILCHIMP_REPLY_TO: "" } });
    expect(readConfig(service, { ...needed(service), ...mailchimp })).toMatchObject({
      config: { MAILCHIMP_REPLY_TO: "office@example.org" },
    });
  });

  test("some of them are one problem, which names those that are missing", () => {
    const { MAILCHIMP_AUDIENCE, MAILCHIMP_REPLY_TO, ...some } = mailchimp;
    expect(readConfig("campaign", { ...needed("campaign"), ...some })).toEqual({
      problems: [
        {
          name: "MAILCHIMP_AUDIENCE, MAILCHIMP_REPLY_TO",
          text: "are missing, and MAILCHIMP_API_KEY, MAILCHIMP_SERVER_PREFIX set: to use Mailchimp set all of them, to do without it none",
        },
      ],
    });
  });
});

test("the first name wins over its aliases, and an empty value counts as not set", () => {
  const base = needed("ingest");
  delete base["WORK_ORDERS_TABLE"];
  expect(readConfig("ingest", { ...base, DYNAMODB_TABLE: "old" })).toMatchObject({
    config: { WORK_ORDERS_TABLE: "old" },
  });
  expect(
    readConfig("ingest", {
      ...base,
      WORK_ORDERS_TABLE: " ",
      DYNAMODB_TABLE_WORK_ORDERS: "newer",
      DYNAMODB_TABLE: "old",
    }),
  ).toMatchObject({ config: { WORK_ORDERS_TABLE: "newer" } });
});

test("a wrong value is named with the repair and never repeated", () => {
  const result = readConfig("sender", {
    ...needed("sender"),
    EMAIL_PORT: "smtp-geheim",
    PUBLIC_TOKEN_SECRET: "kurz",
    LOG_LEVEL: "loud",
  });
  const problems = "problems" in result ? result.problems : [];
  expect(problems.map((problem) => problem.name).sort()).toEqual(["EMAIL_PORT", "LOG_LEVEL", "PUBLIC_TOKEN_SECRET"]);
  expect(JSON.stringify(problems)).not.toMatch(/smtp-geheim|kurz|loud/);
});

test("each secret of a list must be long enough, an empty one between commas included", () => {
  const long = "0123456789abcdef";
  const judged = (list: string) => readConfig("sender", { ...needed("sender"), PUBLIC_TOKEN_SECRET: list });
  expect(judged(`${long}, ${long}x`)).toHaveProperty("config");
  for (const list of [`${long},short`, `${long},`, `,${long}`, `${long},,${long}`])
    expect(judged(list), list).toMatchObject({
      problems: [{ name: "PUBLIC_TOKEN_SECRET", text: expect.stringContaining("each is that long") }],
    });
});

test.each([
  ["WARNING", "warn"],
  ["warn", "warn"],
  ["Debug", "debug"],
  [undefined, "info"],
])("LOG_LEVEL %s is %s", (given, level) => {
  expect(readConfig("ingest", { ...needed("ingest"), LOG_LEVEL: given })).toMatchObject({
    config: { LOG_LEVEL: level },
  });
});

test("a queue without .fifo gives a warning", () => {
  const result = readConfig("ingest", {
    ...needed("ingest"),
    SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/orders",
  });
  expect("warnings" in result && result.warnings.join()).toContain(".fifo");
});

test("help lists every variable of the service and no other", () => {
  expect(helpText("notifier")).toContain("STATUS_QUEUE_URL");
  expect(helpText("notifier")).not.toContain("MAILCHIMP_API_KEY");
});
