import type { Deliveries } from "../adapters/deliveries.ts";
import type { ReachedSet } from "../adapters/deliveryReads.ts";
import type { Participants } from "../adapters/participants.ts";
import type { Participant } from "../domain/recipients/participant.ts";
import { type Mailing, type PassKind, type SkipReason, skipReason } from "../domain/recipients/recipientFilter.ts";
import { configured } from "./loadMailing.ts";

interface JudgePorts {
  readonly participants: Pick<Participants, "pages">;
  readonly deliveries: Pick<Deliveries, "reached">;
}

interface JudgeOptions {
  readonly pass: PassKind;
  readonly signal?: AbortSignal;
  /** After every page: how many people have been read. */
  readonly onPage?: (read: number) => void;
}

const scanSegments = 4;

/**
 * Reads every participant once and passes `visit`, for each mailing, why this person is not mailed now; undefined if they
 * are. Returns how many deliveries of the mailings are in doubt. Between two pages the event loop is free. Throws `signal.reason` when aborted, AppError `configuration` where the
 * rules lack something.
 */
export async function judgeEverybody(
  { participants, deliveries }: JudgePorts,
  mailings: readonly Mailing[],
  { pass, signal, onPage }: JudgeOptions,
  visit: (person: Participant, mailing: Mailing, reason: SkipReason | undefined) => void,
): Promise<{ readonly inDoubt: number }> {
  const ledgers: (readonly [Mailing, ReachedSet])[] = [];
  for (const mailing of mailings) ledgers.push([mailing, await deliveries.reached(mailing.mailingKey, signal)]);
  let read = 0;
  for await (const page of participants.pages({ segments: scanSegments, ...(signal && { signal }) })) {
    for (const person of page) {
      for (const [mailing, reached] of ledgers) {
        const ledger = { reached: reached.has(person.id), failedPermanently: reached.failedPermanently(person.id) };
        visit(
          person,
          mailing,
          configured(() => skipReason(mailing, person, ledger, pass)),
        );
      }
    }
    read += page.length;
    onPage?.(read);
  }
  return { inDoubt: ledgers.reduce((sum, [, { inDoubt }]) => sum + inDoubt, 0) };
}
