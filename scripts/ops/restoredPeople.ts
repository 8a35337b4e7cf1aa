import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { RawItem } from "./backupFiles.ts";
import type { Operation } from "./operation.ts";
import { accepted, inBatches, pagesOf, patiently } from "./tableWrites.ts";

/** What people asked for, and what their mailboxes said: it outlives a restore. */
const keptFields = [
  "unsubscribe",
  "unsubscribedAt",
  "unsubscribedBy",
  "suppression",
  "softBounces",
  "forgotten",
] as const;

interface Heard {
  /** Each person as the table holds them afterwards. */
  readonly kept: (item: RawItem) => void;
  readonly written: (count: number) => void;
}

/**
 * Puts people of a backup into a table that holds some, each in one conditional write over the record that is there. So what
 * a person asked for since the backup is in the table at every moment, and an interrupted restore can be repeated. People who
 * are not in the backup are removed, unless they asked for something.
 */
export async function replacePeople(
  operation: Operation,
  people: AsyncIterable<RawItem>,
  { kept, written }: Heard,
): Promise<void> {
  const ids = new Set<string>();
  await inBatches(people, async (batch) => {
    for (const person of batch) ids.add(idOf(person));
    for (const person of await Promise.all(batch.map((one) => putOver(operation, one)))) kept(person);
    written(batch.length);
  });
  await inBatches(othersThan(operation, ids), async (batch) => {
    for (const person of await Promise.all(batch.map((one) => removeSilent(operation, one)))) if (person) kept(person);
  });
}

const idOf = (person: RawItem) => person["id"]?.S ?? "";

async function* othersThan(operation: Operation, ids: ReadonlySet<string>): AsyncGenerator<RawItem> {
  for await (const page of pagesOf(operation, "PARTICIPANTS_TABLE"))
    for (const person of page) if (!ids.has(idOf(person))) yield person;
}

/** The record as it was put. */
async function putOver(operation: Operation, person: RawItem): Promise<RawItem> {
  const { aws, tables } = operation;
  return untilUnchanged(operation, person, async (there) => {
    const Item = merged(person, there);
    const put = new PutItemCommand({ TableName: tables.PARTICIPANTS_TABLE, Item, ...unchanged(there) });
    const isPut = await accepted(patiently(operation, "a write", () => aws.dynamo.send(put)));
    return isPut ? { result: Item } : undefined;
  });
}

/** The record if it stays, undefined if it is removed. */
async function removeSilent(operation: Operation, person: RawItem): Promise<RawItem | undefined> {
  const { aws, tables } = operation;
  return untilUnchanged(operation, person, async (there) => {
    if (!there) return { result: undefined };
    if (Object.keys(factsOf(there)).length > 0) return { result: there };
    const Key = { id: { S: idOf(person) } };
    const remove = new DeleteItemCommand({ TableName: tables.PARTICIPANTS_TABLE, Key, ...unchanged(there) });
    const isRemoved = await accepted(patiently(operation, "a write", () => aws.dynamo.send(remove)));
    return isRemoved ? { result: undefined } : undefined;
  });
}

const attempts = 20;

/** Reads the record and tries a write on it, again while others change what is kept of it. */
async function untilUnchanged<Result>(
  operation: Operation,
  person: RawItem,
  write: (there: RawItem | undefined) => Promise<{ readonly result: Result } | undefined>,
): Promise<Result> {
  const { aws, tables, signal } = operation;
  const Key = { id: { S: idOf(person) } };
  const get = new GetItemCommand({ TableName: tables.PARTICIPANTS_TABLE, Key, ConsistentRead: true });
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    signal.throwIfAborted();
    const { Item } = await patiently(operation, "a read", () => aws.dynamo.send(get));
    const done = await write(Item);
    if (done) return done.result;
  }
  throw new Error(`The participant ${idOf(person)} changes all the time. Stop all services, then repeat the restore.`);
}

/** A forgotten person does not come back; any other comes back with what they asked for since. */
function merged(person: RawItem, there: RawItem | undefined): RawItem {
  const facts = factsOf(there);
  return there && facts["forgotten"] ? there : { ...person, ...facts };
}

function factsOf(person: RawItem | undefined): RawItem {
  const fields = keptFields.flatMap((name) => {
    const value = person?.[name];
    return isSet(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(fields) as RawItem;
}

function isSet(value: RawItem[string] | undefined): boolean {
  return value !== undefined && value.NULL !== true && value.BOOL !== false;
}

/** The condition that what is kept of a record is still as it was read. */
function unchanged(there: RawItem | undefined) {
  const known = keptFields.flatMap((name, index) => {
    const value = there?.[name];
    return value === undefined ? [] : [[`:v${index}`, value] as const];
  });
  return {
    ConditionExpression: keptFields
      .map((name, index) =>
        there?.[name] === undefined ? `attribute_not_exists(#f${index})` : `#f${index} = :v${index}`,
      )
      .join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(keptFields.map((name, index) => [`#f${index}`, name])),
    ...(known.length > 0 && { ExpressionAttributeValues: Object.fromEntries(known) as RawItem }),
  };
}
