import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { allTableNames, productionWith } from "./testing/existingTables.ts";
import { passingApp, resourcesOf, templatesOf } from "./testing/templates.ts";

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const key =
  "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo";
const protection = "ecs:GetTaskProtection ecs:UpdateTaskProtection";
const dynamo = (actions: string) =>
  actions
    .split(" ")
    .map((action) => `dynamodb:${action}`)
    .join(" ");

/** Every action each process may take, all resources together. A longer list is a decision, and is made here too. */
const allowed: Record<string, string> = {
  ingest: `${dynamo("BatchGetItem GetItem PutItem Query Scan UpdateItem")} ${key} s3:PutObject secretsmanager:GetSecretValue sns:Publish sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage sqs:SendMessage`,
  campaign: `${dynamo("GetItem PutItem Query Scan UpdateItem")} ${key} ${protection} s3:GetObject s3:ListBucket s3:PutObject sns:Publish`,
  sender: `${dynamo("BatchGetItem BatchWriteItem DeleteItem GetItem PartiQLInsert PartiQLUpdate PutItem Query Scan UpdateItem")} ${key} ${protection} s3:GetObject s3:ListBucket secretsmanager:GetSecretValue sns:Publish`,
  notifier: `${dynamo("DeleteItem GetItem PutItem Query Scan")} ${key} execute-api:ManageConnections sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage`,
  manager: `${dynamo("BatchGetItem ConditionCheckItem DeleteItem DescribeTable GetItem PartiQLInsert PartiQLUpdate PutItem Query Scan UpdateItem")} ${key} s3:GetObject s3:ListBucket s3:PutObject secretsmanager:CreateSecret sns:Publish`,
  streamRouter: `${dynamo("DescribeStream GetRecords GetShardIterator ListStreams")} logs:CreateLogStream logs:PutLogEvents sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage`,
  connect:
    "dynamodb:GetItem dynamodb:PutItem kms:Decrypt logs:CreateLogStream logs:PutLogEvents secretsmanager:GetSecretValue",
  disconnect: "dynamodb:DeleteItem logs:CreateLogStream logs:PutLogEvents",
};

describe.each([
  ["dev", undefined],
  ["production", undefined],
  ["production", productionWith(allTableNames)],
])("rights in %s, with its own tables or others (%#)", (name, settings) => {
  const templates = templatesOf(name, passingApp(), settings);
  const policies = Object.values(templates).flatMap(statementsByPolicy);
  const of = (process: string) =>
    policies
      .filter(({ id }) => new RegExp(`^${process}(task(TaskRole)|role)DefaultPolicy`).test(id))
      .flatMap(({ statements }) => statements);

  it.each(Object.entries(allowed))("lets %s do this and no more", (process, actions) => {
    const found = new Set(of(process).flatMap(({ Action }) => Action));
    expect([...found].sort()).toEqual(actions.split(" ").sort());
  });

  it("names every action, and a resource for each but the two that know none", () => {
    const unbound = new Set<string>();
    for (const { statements } of policies)
      for (const { Action, Resource } of statements) {
        const actions = [Action].flat();
        expect(actions.filter((action) => action.includes("*"))).toEqual([]);
        if ([Resource].flat().includes("*")) for (const action of actions) unbound.add(action);
      }
    expect([...unbound].sort()).toEqual(["dynamodb:ListStreams", "ecr:GetAuthorizationToken"]);
  });

  it("lets readers of documents learn that there is none (S3 says 403 to others), and lists the bucket alone", () => {
    for (const process of ["campaign", "sender", "manager"]) {
      const lists = of(process).filter(({ Action }) => [Action].flat().includes("s3:ListBucket"));
      expect(JSON.stringify(lists.map(({ Resource }) => Resource))).toMatch(
        /email-agent-prepared-.*-[a-z]+-[a-z]+-\d"\]\]\}\]$/,
      );
    }
  });

  it("lets the ledger be written by the sender, and resolved by the manager, alone; ingest adds what came back", () => {
    const writes = /^dynamodb:(?:Put|Update|Delete|BatchWrite|PartiQL)/;
    const writers = Object.keys(allowed).filter((process) =>
      of(process).some(
        ({ Action, Resource }) =>
          JSON.stringify(Resource).includes("Deliveries") && [Action].flat().some((action) => writes.test(action)),
      ),
    );
    expect(writers).toEqual(["ingest", "sender", "manager"]);
  });

  it("lets Config be written by the manager alone, whose pages of Settings change it", () => {
    const writes = /^dynamodb:(?:Put|Update|Delete|BatchWrite|PartiQL)/;
    const writers = Object.keys(allowed).filter((process) =>
      of(process).some(
        ({ Action, Resource }) =>
          /Config/.test(JSON.stringify(Resource)) && [Action].flat().some((action) => writes.test(action)),
      ),
    );
    expect(writers).toEqual(["manager"]);
  });
});

function statementsByPolicy(template: Template): { id: string; statements: Statement[] }[] {
  return Object.entries(resourcesOf(template, "AWS::IAM::Policy")).map(([id, { Properties }]) => ({
    id,
    statements: Properties.PolicyDocument.Statement,
  }));
}
