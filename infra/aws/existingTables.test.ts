import { describe, expect, it } from "vitest";
import { tables } from "../resources.ts";
import { judgeEnvironment, readEnvironment } from "./environment.ts";
import { allTableNames, deliveriesKey, productionWith, workOrderStream } from "./testing/existingTables.ts";
import { passingApp, type Resource, resourcesOf, templatesOf } from "./testing/templates.ts";

type Templates = ReturnType<typeof templatesOf>;
const none = templatesOf("production");
const made = (templates: Templates) => resourcesOf(templates.data, "AWS::DynamoDB::Table");

describe.each([
  ["Participants and Events", ["Participants", "Events"]],
  ["all tables", allTableNames],
])("where %s exist", (_which, names) => {
  const templates = templatesOf("production", passingApp(), productionWith(names));

  it("acceptance 90: the others are made as before, and those that were made here are kept when they are left out", () => {
    const before = made(none);
    const gone = Object.entries(before).filter(([id]) => !(id in made(templates)));
    expect(gone.map(([, { Properties }]) => Properties.TableName).sort()).toEqual([...names].sort());
    for (const [, { DeletionPolicy }] of gone) expect(DeletionPolicy).toBe("Retain");
    expect(made(templates)).toEqual(Object.fromEntries(Object.entries(before).filter(([id]) => id in made(templates))));
  });

  it("acceptance 90: every service and Lambda is given the name of the table that is there, and may use it", () => {
    for (const [variable, { name }] of Object.entries(tables)) {
      const exists = names.includes(name);
      const given = environmentsOf(templates).flatMap((variables) => variables[variable] ?? []);
      expect(given.length).toBeGreaterThan(0);
      for (const value of given) expect(value === `found-${name}`).toBe(exists);
      const policies = JSON.stringify(policiesOf(templates));
      expect(policies.includes(`:table/found-${name}"`)).toBe(exists);
      expect(new RegExp(`"OutputName":"[A-Za-z]*${name.replaceAll("-", "")}[0-9A-F]{8}Arn`).test(policies)).toBe(
        !exists,
      );
    }
  });

  it("reads commands from the stream of the work orders that are there", () => {
    const [mapping] = Object.values(resourcesOf(templates.messaging, "AWS::Lambda::EventSourceMapping"));
    const exists = names.includes("email-work-orders");
    expect(mapping?.Properties.EventSourceArn === workOrderStream).toBe(exists);
  });

  it("watches the table that is there for throttles and errors", () => {
    const alarms = Object.values(resourcesOf(templates.watch, "AWS::CloudWatch::Alarm")).map(
      ({ Properties }) => Properties,
    );
    for (const { name } of Object.values(tables)) {
      const used = names.includes(name) ? `found-${name}` : name;
      const [throttles] = alarms.filter(({ AlarmName }) => AlarmName.endsWith(`-throttles-${name.toLowerCase()}`));
      const dimensions = JSON.stringify(throttles.Metrics).match(/"Name":"TableName","Value":"[^"]+"/g) ?? [];
      expect([...new Set(dimensions)]).toEqual([`"Name":"TableName","Value":"${used}"`]);
      const errors = alarms.find(({ AlarmName }) => AlarmName.endsWith("-table-system-errors"));
      expect(JSON.stringify(errors.Metrics)).toContain(`TableName = '${used}'`);
    }
  });

  it("lets only the services that use deliveries use their key", () => {
    const users = Object.entries(policiesOf(templates))
      .filter(([, policy]) => JSON.stringify(policy).includes(deliveriesKey))
      .map(([id]) => id.replace(/task.*/, ""));
    expect(users.sort()).toEqual(names.includes("Deliveries") ? ["campaign", "ingest", "manager", "sender"] : []);
  });
});

/** The variables of every container and Lambda. */
function environmentsOf({ services, messaging, realtime }: Templates): Record<string, unknown>[] {
  const containers = Object.values(resourcesOf(services, "AWS::ECS::TaskDefinition")).map(({ Properties }) =>
    Object.fromEntries(
      Properties.ContainerDefinitions[0].Environment.map(({ Name, Value }: Record<"Name" | "Value", unknown>) => [
        Name,
        Value,
      ]),
    ),
  );
  const functions = [messaging, realtime].flatMap((template) =>
    Object.values(resourcesOf(template, "AWS::Lambda::Function")).map(
      ({ Properties }) => Properties.Environment.Variables,
    ),
  );
  return [...containers, ...functions];
}

function policiesOf({ services, messaging, realtime }: Templates): Record<string, Resource> {
  const found = [services, messaging, realtime].map((template) => resourcesOf(template, "AWS::IAM::Policy"));
  return Object.assign({}, ...found);
}

describe("existingTables of an environment", () => {
  const good = readEnvironment("production");
  const streamOf = (name: string) => workOrderStream.replace("found-email-work-orders", name);

  it.each([
    [{ Participant: { table: "people" } }, "Participant is not known here; check its spelling or take it out."],
    [{ Events: "events" }, 'Events must be an object, as { "table": "Participants" }.'],
    [{ Events: { table: "our events" } }, "Events.table must be the name or the ARN of a DynamoDB table."],
    [
      { Events: { table: "arn:aws:dynamodb:eu-central-1:999999999999:table/events" } },
      "Events.table must lie in eu-central-1 and in account 222222222222, where the certificate lies.",
    ],
    [
      { Deliveries: { table: "sent", keyArn: deliveriesKey.replace("eu-central-1", "us-east-1") } },
      "Deliveries.keyArn must lie in eu-central-1 and in account 222222222222, where the certificate lies.",
    ],
    [
      { Participants: { table: "people" }, Events: { table: "people" } },
      "Events.table must not take the place of two tables.",
    ],
    [
      { "email-work-orders": { table: "orders" } },
      "email-work-orders.streamArn is missing: commands of users are read from a stream with new and old images.",
    ],
    [
      { "email-work-orders": { table: "orders", streamArn: streamOf("others") } },
      "email-work-orders.streamArn must be a stream of the table orders.",
    ],
    [
      { Events: { table: "events", streamArn: streamOf("events") } },
      "Events.streamArn must be left out: no stream of this table is read.",
    ],
  ])("is refused where it does not fit: %j", (existingTables, sentence) => {
    expect(judgeEnvironment({ ...good, existingTables })).toEqual({ mistakes: [`existingTables.${sentence}`] });
  });

  it("names no table that CloudFormation would delete at that moment", () => {
    const existingTables = { Events: { table: "Events" } };
    expect(judgeEnvironment({ ...good, existingTables })).toHaveProperty("environment");
    expect(judgeEnvironment({ ...good, keepData: false, existingTables })).toEqual({
      mistakes: [
        "existingTables.Events.table is the one the stack data made, which CloudFormation deletes unless keepData was deployed as true before.",
      ],
    });
  });
});
