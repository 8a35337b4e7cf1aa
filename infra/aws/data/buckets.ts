import { Aws, Duration } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { bucket } from "../../resources.ts";
import type { Environment } from "../environment.ts";
import { removalOf } from "../removal.ts";

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} satisfies BucketProps;

/** Bucket names are unique across all AWS accounts, so the name includes the account id. */
export function documentsBucketName({ prefix, region }: Pick<Environment, "prefix" | "region">): string {
  return `${prefix}${bucket.name}-${Aws.ACCOUNT_ID}-${region}`;
}

/** The bucket of prepared mail, and the one that keeps who asked it and the load balancer for what. */
export function createBuckets(scope: Construct, environment: Environment): { documents: Bucket; accessLogs: Bucket } {
  const { logDays } = environment;
  const accessLogs = new Bucket(scope, "access-logs", {
    ...closed,
    lifecycleRules: [{ expiration: Duration.days(logDays) }],
    removalPolicy: removalOf(environment),
  });
  const documents = new Bucket(scope, bucket.name, {
    ...closed,
    bucketName: documentsBucketName(environment),
    versioned: true,
    lifecycleRules: [
      {
        id: "drafts",
        prefix: bucket.draftsPrefix,
        expiration: Duration.days(bucket.draftsDays),
        noncurrentVersionExpiration: Duration.days(1),
      },
      {
        id: "imports",
        prefix: bucket.importsPrefix,
        expiration: Duration.days(bucket.importsDays),
        noncurrentVersionExpiration: Duration.days(1),
      },
      {
        id: "reports",
        prefix: bucket.reportsPrefix,
        expiration: Duration.days(bucket.reportsDays),
        noncurrentVersionExpiration: Duration.days(1),
      },
      // What is prepared is never overwritten: an older version is a draft's, or a mistake to be undone within a month.
      { id: "older-versions", noncurrentVersionExpiration: Duration.days(30) },
      { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: "documents/",
    removalPolicy: removalOf(environment),
  });
  return { documents, accessLogs };
}
