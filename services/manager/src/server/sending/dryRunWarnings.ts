import { dryRunSizeOf } from "@email-agent/shared/domain/lifecycle/dryRunSize.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { sharedAddressRule } from "@email-agent/shared/domain/recipients/sharedAddresses.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Words } from "../../api/sending.ts";
import type { RecipientCount } from "./countRecipients.ts";
import { codes, type GoNoGoFacts } from "./goNoGoFacts.ts";

const dayMilliseconds = 86_400_000;

/** What has changed since the Dry-Run, and what it found. */
export function* dryRunWarnings(facts: GoNoGoFacts): Generator<Words> {
  const { order, recipients, languages, counted, isSelection, now } = facts;
  if (recipients === undefined) return;
  if (recipients === 0) yield ["No one would get this mail now."];
  const empty = languages.filter((language) => language.recipients === 0).map(({ code }) => code);
  const shared = order.steps["Dry-Run"].details?.find(({ rule }) => rule === sharedAddressRule);
  if (shared) yield [`${shared.text} The Dry-Run lists them.`];
  if (recipients > 0 && empty.length > 0 && !isSelection) yield [`No one would get it in ${empty.join(", ")}.`];
  const { startedAt, pinned } = order.steps["Dry-Run"];
  const others = languages.filter(({ code }) => pinned && pinned[code] !== order.prepared[code]?.hash);
  if (others.length > 0) yield [`The Dry-Run was made with other content (${codes(others)}). Run Dry-Run again.`];
  if (startedAt === undefined) return;
  const more = counted ? newcomers(order, counted) : 0;
  if (more > 0)
    yield [
      `${moreEligible(more, languages.length)} than at the Dry-Run (`,
      { at: startedAt },
      "): their mails were not rendered. Run Dry-Run again.",
    ];
  else if (now - epochMilliseconds(startedAt) > dayMilliseconds)
    yield [
      "The Dry-Run is more than a day old (",
      { at: startedAt },
      "): the data of its mails may have changed since. Run Dry-Run again.",
    ];
}

/** A person in two languages gets two mails: over several languages mails are counted, not people. */
function moreEligible(more: number, languages: number): string {
  if (languages > 1) return `${count(more)} more ${more === 1 ? "mail is" : "mails are"} to be sent`;
  return `${count(more)} more ${more === 1 ? "person is" : "people are"} eligible`;
}

/** Mails of people the mailing concerns now and did not when the Dry-Run was made, over all languages. */
function newcomers(order: WorkOrder, { languages }: RecipientCount): number {
  return order.languages.reduce((sum, code) => {
    const { recipients = 0, reasons = {} } = languages[code] ?? {};
    const concerned = recipients + (reasons["already-received"] ?? 0);
    return sum + Math.max(0, concerned - (dryRunSizeOf(order, code)?.concerned ?? 0));
  }, 0);
}
