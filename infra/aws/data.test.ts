import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type TableShape, tableNames, tables } from "../resources.ts";
import { readEnvironment } from "./environment.ts";
import { resourcesOf, templatesOf } from "./testing/templates.ts";

describe.each(["dev", "production"])("data of %s", (name) => {
  const templates = templatesOf(name);
  const { data } = templates;
  const { prefix, keepData } = readEnvironment(name);
  const names: Record<string, string> = tableNames(prefix);

  it.each(Object.entries<TableShape>(tables))("makes %s as resources.ts says", (variable, shape) => {
    data.hasResourceProperties("AWS::DynamoDB::Table", {
      TableName: names[variable],
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: keys(shape),
      StreamSpecification: shape.stream ? { StreamViewType: shape.stream } : Match.absent(),
      TimeToLiveSpecification: shape.ttl ? { AttributeName: shape.ttl, Enabled: true } : Match.absent(),
      GlobalSecondaryIndexes: shape.indexes
        ? shape.indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: keys(index),
            Projection: { ProjectionType: index.projection },
          }))
        : Match.absent(),
      SSESpecification: shape.ownKey
        ? { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: Match.anyValue() }
        : Match.absent(),
    });
  });

  it("makes no other table, and keeps mail accounts and deliveries under a key of the account's own that rotates", () => {
    data.resourceCountIs("AWS::DynamoDB::Table", Object.keys(tables).length);
    const owned = Object.entries<TableShape>(tables).filter(([, { ownKey }]) => ownKey);
    expect(owned.map(([variable]) => variable)).toEqual(["CONFIG_TABLE", "DELIVERIES_TABLE"]);
    data.hasResourceProperties("AWS::KMS::Key", { EnableKeyRotation: true });
  });

  it("keeps in production what holds data, against deletion of the stack and of the table", () => {
    for (const type of ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Cognito::UserPool"])
      for (const resource of Object.values(resourcesOf(data, type)))
        expect(resource.DeletionPolicy).toBe(keepData ? "Retain" : "Delete");
    for (const resource of Object.values(resourcesOf(data, "AWS::S3::Bucket")))
      expect(resource.DeletionPolicy).toBe(keepData ? "RetainExceptOnCreate" : "Delete");
    for (const { Properties } of Object.values(resourcesOf(data, "AWS::DynamoDB::Table")))
      expect(Properties.DeletionProtectionEnabled).toBe(keepData);
  });

  it("leaves no name taken behind when a first deployment fails", () => {
    const named = Object.values(templates).flatMap((template) =>
      ["AWS::Logs::LogGroup", "AWS::SecretsManager::Secret", "AWS::S3::Bucket"].flatMap((type) =>
        Object.values(resourcesOf(template, type)),
      ),
    );
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ DeletionPolicy }) => DeletionPolicy === "Retain")).toEqual([]);
  });

  it("has private, encrypted buckets only, and refuses requests without TLS", () => {
    for (const { Properties } of Object.values(resourcesOf(data, "AWS::S3::Bucket"))) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
    }
    const policies = Object.values(resourcesOf(data, "AWS::S3::BucketPolicy"));
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies)
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: "s3:*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      );
  });

  it("keeps versions of documents, and lets only drafts, imports and reports of returned mail go", () => {
    data.hasResourceProperties("AWS::S3::Bucket", {
      VersioningConfiguration: { Status: "Enabled" },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: "drafts/", ExpirationInDays: 30, Status: "Enabled" })]),
      },
    });
    const expiring = Object.values(resourcesOf(data, "AWS::S3::Bucket"))
      .filter(({ Properties }) => Properties.VersioningConfiguration)
      .flatMap(({ Properties }) => Properties.LifecycleConfiguration.Rules)
      .filter((rule) => rule.ExpirationInDays);
    expect(expiring.map((rule) => rule.Prefix)).toEqual(["drafts/", "imports/", "reports/"]);
  });

  it("holds no secret: each is random, or a reference", () => {
    for (const { Properties } of Object.values(resourcesOf(data, "AWS::SecretsManager::Secret")))
      expect(Properties.GenerateSecretString ?? Properties.SecretString["Fn::GetAtt"]).toBeDefined();
  });

  it("lets no one sign up, and asks for a second factor", () => {
    data.hasResourceProperties("AWS::Cognito::UserPool", {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: "ON",
    });
    data.hasResourceProperties("AWS::Cognito::UserPoolClient", {
      AllowedOAuthFlows: ["code"],
      GenerateSecret: true,
      CallbackURLs: [`https://${readEnvironment(name).domain}/api/auth/callback`],
    });
  });
});

function keys({ hash, range }: { readonly hash: string; readonly range?: string }) {
  const schema = [{ AttributeName: hash, KeyType: "HASH" }];
  return range ? [...schema, { AttributeName: range, KeyType: "RANGE" }] : schema;
}
