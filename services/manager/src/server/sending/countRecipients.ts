import { groupOfDomain } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { judgeEverybody } from "@email-agent/shared/run/judgeEverybody.ts";
import { loadMailing } from "@email-agent/shared/run/loadMailing.ts";
import type { SelectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import type { Manager } from "../manager.ts";

export type CountPorts = Pick<Manager, "events" | "configTable" | "participants" | "deliveries" | "counts">;

/** Who would be mailed if Send were started now. */
export interface RecipientCount {
  /** Mails over all enabled languages: a person counts once per language. */
  readonly recipients: number;
  readonly languages: Readonly<Record<string, LanguageCount>>;
  /** Deliveries in doubt, over all enabled languages. */
  readonly inDoubt: number;
  /** Receiving domain group → mails, by the domains of the addresses alone: a domain that a provider serves is on its own. */
  readonly receivers: ReadonlyMap<string, number>;
}

interface CountOptions {
  readonly signal: AbortSignal;
  readonly onPage?: (read: number) => void;
  /** Counts only these people. */
  readonly selected?: SelectedPeople | undefined;
}

/** More domains are not told apart: the large ones decide when a Send ends. */
const domainsApart = 10_000;

interface LanguageCount {
  readonly recipients: number;
  /** Skip reason → people. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Counts whom a Send would mail now, by the one recipient filter over participants and ledger: so it includes everyone who
 * still waits: deferred, failed, or planned and not sent. Few counts run at once in a process; `signal` ends one.
 * Throws AppError `configuration` as Count does; `busy` if too many wait for their count.
 */
export async function countRecipients(
  { events, configTable, participants, deliveries, counts }: CountPorts,
  order: WorkOrder,
  { signal, onPage, selected }: CountOptions,
): Promise<RecipientCount> {
  const loaded = await loadMailing({ events, config: configTable }, order);
  const mailings = loaded.languages.map((language) => loaded.mailing(language));
  const tallies = new Map(
    order.languages.map((code) => [code, { recipients: 0, reasons: {} as Record<string, number> }]),
  );
  const receivers = new Map<string, number>();
  const options = { pass: "user-started", signal, selected, ...(onPage && { onPage }) } as const;
  const judge = () =>
    judgeEverybody({ participants, deliveries }, mailings, options, ({ email }, { language }, reason) => {
      const tally = tallies.get(language.code);
      if (!tally) return;
      if (reason === undefined) {
        tally.recipients += 1;
        const domain = domainOf((email ?? "").trim());
        const group = groupOfDomain(domain) ?? domain;
        const mails = receivers.get(group);
        if (mails !== undefined || receivers.size < domainsApart) receivers.set(group, (mails ?? 0) + 1);
      } else tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
    });
  const { inDoubt } = await counts.run(judge, signal);
  const recipients = [...tallies.values()].reduce((sum, tally) => sum + tally.recipients, 0);
  return { recipients, languages: Object.fromEntries(tallies), inDoubt, receivers };
}
