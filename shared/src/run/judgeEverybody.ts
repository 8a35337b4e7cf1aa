import type { Deliveries } from "../adapters/deliveries.ts";
import type { ReachedSet } from "../adapters/deliveryReads.ts";
import type { Participants } from "../adapters/participants.ts";
import type { Participant } from "../domain/recipients/participant.ts";
import { type Mailing, type PassKind, type SkipReason, skipReason } from "../domain/recipients/recipientFilter.ts";
import { configured } from "./loadMailing.ts";
import type { SelectedPeople } from "./selectedPeople.ts";

interface JudgePorts {
  readonly participants: Pick<Participants, "pages">;
  readonly deliveries: Pick<Deliveries, "reached">;
}

interface JudgeOptions {
  readonly pass: PassKind;
  readonly signal?: AbortSignal;
  /** Judges only these people, who are others for each language. */
  readonly selected?: SelectedPeople | undefined;
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
  { pass, signal, onPage, selected }: JudgeOptions,
  visit: (person: Participant, mailing: Mailing, reason: SkipReason | undefined) => void,
): Promise<{ readonly inDoubt: number }> {
  const ledgers: Ledger[] = [];
  for (const mailing of mailings) ledgers.push([mailing, await deliveries.reached(mailing.mailingKey, signal)]);
  let read = 0;
  for await (const [page, judged] of pagesOf(participants, ledgers, selected, signal)) {
    for (const person of page) {
      for (const [mailing, reached] of judged) {
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

type Ledger = readonly [Mailing, ReachedSet];

/** People page by page, each page with the mailings for which they are to be judged. */
async function* pagesOf(
  participants: JudgePorts["participants"],
  ledgers: readonly Ledger[],
  selected: SelectedPeople | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [Participant[], readonly Ledger[]]> {
  const options = { segments: scanSegments, ...(signal && { signal }) };
  if (!selected) {
    for await (const page of participants.pages(options)) yield [page, ledgers];
    return;
  }
  for (const ledger of ledgers)
    for await (const page of selected(ledger[0].language.code).pages(options)) yield [page, [ledger]];
}
