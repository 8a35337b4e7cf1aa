import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Participant } from "../domain/recipients/participant.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";

type Suppression = NonNullable<Participant["suppression"]>;

/**
 * `changed`: the record was no longer as the caller had seen it, or the person was forgotten, and nothing was written.
 */
type ChangeResult = "done" | "changed";

/**
 * Changes of one person, one conditional write each. Every write but the first two names what its caller saw, so that of
 * two users at once only one succeeds. AppError `not-found` names a person who does not exist.
 */
export interface PersonChanges {
  /** Sets `suppression`, unless the person was forgotten. */
  suppress(id: string, suppression: Suppression): Promise<void>;
  /**
   * Sets `unsubscribe` and, with it, `unsubscribedAt` and `unsubscribedBy` (the mailing key of the link, or `user`); one who
   * is unsubscribed already keeps the first of them. True if this call did it.
   */
  unsubscribe(id: string, at: string, by: string): Promise<boolean>;
  /** `seen`: the `unsubscribedAt` of the unsubscription that ends, undefined if it has none. */
  resubscribe(id: string, seen: string | undefined): Promise<ChangeResult>;
  /** Replaces the address. `seen`: the address as it is now, undefined if there is none. */
  correctAddress(id: string, seen: string | undefined, address: string): Promise<ChangeResult>;
  /** Removes the suppression that was seen. */
  liftSuppression(id: string, seen: Suppression): Promise<ChangeResult>;
  /** Replaces the whole record by its id and `forgotten`. False if there is no record; one forgotten before keeps its time. */
  forget(id: string, at: string): Promise<boolean>;
}

/** The writes of `PARTICIPANTS_TABLE`. */
export function personChanges(aws: Aws, table: string): PersonChanges {
  const notFound = (id: string, cause: unknown) =>
    new AppError("not-found", `Participant ${id} does not exist in table ${table}.`, { cause });

  /** False if the condition does not hold; `exists` is part of it. */
  const update = async (
    id: string,
    expression: string,
    condition: string,
    values: Record<string, unknown>,
    names: Record<string, string> = {},
  ): Promise<boolean> => {
    try {
      await aws.dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { id },
          UpdateExpression: expression,
          ConditionExpression: `attribute_exists(id) AND ${condition}`,
          ExpressionAttributeValues: values,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return true;
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      if (cause.Item) return false;
      throw notFound(id, cause);
    }
  };
  const result = (done: boolean): ChangeResult => (done ? "done" : "changed");

  return {
    async suppress(id, suppression) {
      await update(id, "SET suppression = :suppression", "attribute_not_exists(forgotten)", {
        ":suppression": suppression,
      });
    },
    unsubscribe: (id, at, by) =>
      update(
        id,
        "SET unsubscribe = :yes, unsubscribedAt = :at, unsubscribedBy = :by",
        "attribute_not_exists(forgotten) AND (attribute_not_exists(unsubscribe) OR unsubscribe <> :yes)",
        { ":yes": true, ":at": at, ":by": by },
      ),
    async resubscribe(id, seen) {
      const [same, values] = sameAs("unsubscribedAt", seen);
      const done = await update(
        id,
        "REMOVE unsubscribe, unsubscribedAt, unsubscribedBy",
        `attribute_not_exists(forgotten) AND unsubscribe = :yes AND ${same}`,
        { ":yes": true, ...values },
      );
      return result(done);
    },
    async correctAddress(id, seen, address) {
      const [same, values] = sameAs("email", seen);
      const done = await update(id, "SET email = :address", `attribute_not_exists(forgotten) AND ${same}`, {
        ":address": address,
        ...values,
      });
      return result(done);
    },
    async liftSuppression(id, { address, code, at }) {
      const done = await update(
        id,
        // The count of soft bounces begins anew, too, or the next one would suppress again.
        "REMOVE suppression, softBounces",
        "suppression.#address = :address AND suppression.#code = :code AND suppression.#at = :at",
        { ":address": address, ":code": code, ":at": at },
        { "#address": "address", "#code": "code", "#at": "at" },
      );
      return result(done);
    },
    async forget(id, at) {
      try {
        await aws.dynamo.send(
          new PutCommand({
            TableName: table,
            Item: { id, forgotten: at },
            ConditionExpression: "attribute_exists(id)",
          }),
        );
        return true;
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false;
        throw cause;
      }
    },
  };
}

/** The condition that an attribute has the value that was seen; absent, null and `""` are the same. */
function sameAs(name: string, seen: string | undefined): readonly [string, Record<string, unknown>] {
  if (seen !== undefined && seen !== "") return [`${name} = :seen`, { ":seen": seen }];
  return [`(attribute_not_exists(${name}) OR ${name} = :null OR ${name} = :blank)`, { ":null": null, ":blank": "" }];
}
