import type { NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import { canonicalJson } from "../domain/canonicalJson.ts";
import type { TransactionParts } from "./transaction.ts";

type Item = Record<string, NativeAttributeValue>;
type Fields = Readonly<Record<string, unknown>>;

export interface ItemPlace {
  readonly TableName: string;
  /** The hash key first. */
  readonly Key: Readonly<Record<string, string>>;
}

/**
 * The write of an item that is `before` (undefined: not there) and is to be `after` (undefined: removed), as part of a
 * transaction. Its condition is that it still has the `version` of `before`, and that what it changes is still as it was: other
 * programs write items and leave the version. Of one that exists single attributes are written, so that those which others
 * wrote meanwhile stay.
 */
export function itemWrite(
  { TableName, Key }: ItemPlace,
  before: Fields | undefined,
  after: Fields | undefined,
): TransactionParts[number] {
  const [hash = ""] = Object.keys(Key);
  if (!before) {
    const Item = { ...after, ...Key };
    return {
      Put: {
        TableName,
        Item,
        ConditionExpression: "attribute_not_exists(#key)",
        ExpressionAttributeNames: { "#key": hash },
      },
    };
  }
  const seen = before["version"];
  const isSeen = seen === 0 ? "attribute_not_exists(#version) OR #version = :seen" : "#version = :seen";
  const condition = {
    ConditionExpression: `attribute_exists(#key) AND (${isSeen})`,
    ExpressionAttributeNames: { "#key": hash, "#version": "version" },
    ExpressionAttributeValues: { ":seen": seen } as Item,
  };
  if (!after) return { Delete: { TableName, Key, ...condition } };
  const { set, remove } = changesOf(before, after);
  const names = Object.fromEntries([...set.keys(), ...remove].map((name, index) => [name, `#f${index}`]));
  const unchanged = Object.entries(names)
    .filter(([name]) => !stamps.has(name))
    .map(([name, alias]) =>
      before[name] === undefined ? `attribute_not_exists(${alias})` : `${alias} = :o${alias.slice(2)}`,
    );
  const seenValues = Object.entries(names).filter(([name]) => !stamps.has(name) && before[name] !== undefined);
  const sets = [...set.keys()].map((name) => `${names[name]} = :f${names[name]?.slice(2)}`);
  const removes = remove.map((name) => names[name]);
  return {
    Update: {
      ...{ TableName, Key, ConditionExpression: [condition.ConditionExpression, ...unchanged].join(" AND ") },
      UpdateExpression: `SET ${sets.join(", ")}${removes.length > 0 ? ` REMOVE ${removes.join(", ")}` : ""}`,
      ExpressionAttributeNames: {
        ...condition.ExpressionAttributeNames,
        ...Object.fromEntries(Object.entries(names).map(([name, alias]) => [alias, name])),
      },
      ExpressionAttributeValues: {
        ...condition.ExpressionAttributeValues,
        ...Object.fromEntries(seenValues.map(([name, alias]) => [`:o${alias.slice(2)}`, before[name]])),
        ...Object.fromEntries([...set].map(([name, value]) => [`:f${names[name]?.slice(2)}`, value])),
      },
    },
  };
}

/** The version says what is to be known of them. */
const stamps: ReadonlySet<string> = new Set(["version", "changedAt", "changedBy"]);

function changesOf(before: Fields, after: Fields) {
  const set = new Map(
    Object.entries(after).filter(
      ([name, value]) => value !== undefined && canonicalJson(before[name]) !== canonicalJson(value),
    ),
  );
  const remove = Object.keys(before).filter((name) => before[name] !== undefined && after[name] === undefined);
  return { set, remove };
}

/** Names of the top-level fields that differ. */
export function changedFields(before: Fields, after: Fields): string[] {
  const { set, remove } = changesOf(before, after);
  return [...set.keys(), ...remove].sort();
}
