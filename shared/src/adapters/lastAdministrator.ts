import { isAdministrator, isInvitation } from "../domain/configuration/invitations.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { queryPages } from "./queryPages.ts";
import type { TransactionParts } from "./transaction.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Where a change of the user `key` takes an administrator away: the condition of its transaction that another one is left. Its
 * item is checked there, so of two administrators who remove each other at the same moment one is refused. AppError `conflict`
 * if there is no other. Undefined for all other changes. Invitations do not count: their person may never sign in.
 */
export async function otherAdministrator(
  aws: Pick<Aws, "dynamo">,
  table: string,
  key: string,
  before: Fields | undefined,
  after: Fields | undefined,
): Promise<TransactionParts[number] | undefined> {
  if (isInvitation(key)) return undefined;
  if (before?.["role"] !== "admin" || after?.["role"] === "admin") return undefined;
  const users = queryPages(aws, {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "pk = :user",
    ExpressionAttributeValues: { ":user": "user" },
  });
  for await (const page of users) {
    const other = page.find((item) => item["sk"] !== key && isAdministrator(String(item["sk"]), item));
    if (!other) continue;
    return {
      ConditionCheck: {
        TableName: table,
        Key: { pk: "user", sk: other["sk"] },
        ConditionExpression: "#role = :admin",
        ExpressionAttributeNames: { "#role": "role" },
        ExpressionAttributeValues: { ":admin": "admin" },
      },
    };
  }
  throw new AppError(
    "conflict",
    `${key} is the last administrator, and one must be left. Make another user an administrator first.`,
    { details: { reason: "last-admin" } },
  );
}
