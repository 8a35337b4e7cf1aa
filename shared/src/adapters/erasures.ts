import type { Delivery } from "../domain/delivery/delivery.ts";
import type { DryRunRecipient } from "../domain/delivery/dryRunRecipient.ts";
import type { Aws } from "./aws.ts";
import { executeStatements, type WriteStatement } from "./statementBatches.ts";

type Row = Pick<Delivery, "pk" | "participantId" | "bounced">;

/**
 * Erases name, address and reply on deliveries and on lines of Dry-Runs, 25 at a time, each in a conditional write. One
 * boolean per item: false if it must stay as it is for now, or is gone. Repeating a call is harmless.
 */
export interface Erasures {
  /**
   * A delivery that is being sent stays: its outcome would bring the reply back. With `until` one that ended later, or is in
   * doubt, stays too.
   */
  deliveries(of: readonly Row[], until?: string): Promise<boolean[]>;
  dryRunLines(of: readonly Pick<DryRunRecipient, "pk" | "participantId">[]): Promise<boolean[]>;
}

export function erasures(aws: Aws, config: { DELIVERIES_TABLE: string; DRY_RUN_TABLE: string }): Erasures {
  const results = async (statements: readonly WriteStatement[]) =>
    (await executeStatements(aws, statements)).map((result) => result === "done");
  return {
    deliveries: (of, until) =>
      results(
        of.map(({ pk, participantId, bounced: { reply, ...bounced } = {} }) => ({
          text: `UPDATE "${config.DELIVERIES_TABLE}" SET "name" = ?, "email" = ?, "smtpResponse" = ?${reply === undefined ? "" : ', "bounced" = ?'} WHERE "pk" = ? AND "participantId" = ? AND "status" <> 'sending'${until === undefined ? "" : ` AND "status" <> 'in-doubt' AND NOT ("endedAt" > ?)`}`,
          parameters: [
            "",
            "",
            null,
            ...(reply === undefined ? [] : [bounced]),
            pk,
            participantId,
            ...(until === undefined ? [] : [until]),
          ],
        })),
      ),
    dryRunLines: (of) =>
      results(
        of.map(({ pk, participantId }) => ({
          text: `UPDATE "${config.DRY_RUN_TABLE}" SET "name" = ?, "email" = ?, "subject" = ? REMOVE "error" WHERE "pk" = ? AND "participantId" = ?`,
          parameters: ["", "", "", pk, participantId],
        })),
      ),
  };
}
