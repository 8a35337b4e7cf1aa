import { randomUUID } from "node:crypto";
import { createTables } from "../../infra/local/createTables.ts";
import { startDynamo } from "../../infra/local/dynamo.ts";
import { type TableNames, tableNames } from "../../infra/resources.ts";
import { type Aws, openAws } from "../src/adapters/aws.ts";

/** The product's tables, empty, for one test file. */
export interface Tables extends AsyncDisposable {
  readonly aws: Aws;
  /** Table names by environment variable: the `config` of every adapter. */
  readonly names: TableNames;
  readonly url: string;
}

/**
 * Creates all tables under names of their own: on the DynamoDB at `TEST_DYNAMODB_URL` if that is set (LocalStack or
 * DynamoDB Local, so that the same tests compare the embedded database with Amazon's), else on one started for it.
 */
export async function startTables(): Promise<Tables> {
  process.env["AWS_ACCESS_KEY_ID"] ??= "local";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "local";
  await using stack = new AsyncDisposableStack();
  const given = process.env["TEST_DYNAMODB_URL"];
  const url = given ?? stack.use(await startDynamo()).url;
  const names = await createTables(url, tableNames(`t${randomUUID().slice(0, 8)}-`));
  const aws = stack.use(openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: url }));
  const owned = stack.move();
  return { aws, names, url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
