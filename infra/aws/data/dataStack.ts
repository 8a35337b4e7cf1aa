import { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { ProductStack, type ProductStackProps } from "../productStack.ts";
import { protectedRemovalOf } from "../removal.ts";
import { createBuckets } from "./buckets.ts";
import { createSecrets, type ProductSecrets } from "./secrets.ts";
import { createSignIn, type SignIn } from "./signIn.ts";
import { createTables, type TableKeys, type Tables } from "./tables.ts";

/** What must outlive everything else: tables, documents, secrets, users. */
export class DataStack extends ProductStack {
  /** Encrypts the mail accounts and the delivery ledger. */
  readonly key: Key;
  readonly tables: Tables;
  readonly tableKeys: TableKeys;
  readonly documents: Bucket;
  readonly accessLogs: Bucket;
  readonly secrets: ProductSecrets;
  readonly signIn: SignIn;

  constructor(scope: Construct, props: ProductStackProps) {
    super(scope, "data", props, "tables, documents, secrets and users");
    this.key = new Key(this, "key", {
      alias: `${this.settings.prefix}email-agent`,
      description: "Mail accounts and deliveries of email-agent",
      enableKeyRotation: true,
      // Tables that stay cannot be read without it.
      removalPolicy: protectedRemovalOf(this.settings),
    });
    const { tables, tableKeys } = createTables(this, this.settings, this.key);
    this.tables = tables;
    this.tableKeys = tableKeys;
    const { documents, accessLogs } = createBuckets(this, this.settings);
    this.documents = documents;
    this.accessLogs = accessLogs;
    this.secrets = createSecrets(this);
    this.signIn = createSignIn(this);
  }
}
