import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { ReachedSet } from "@email-agent/shared/adapters/deliveryReads.ts";
import type { Events } from "@email-agent/shared/adapters/events.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { openInvalidRecords } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type Mailing, skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { openSharedAddresses } from "@email-agent/shared/domain/recipients/sharedAddresses.ts";
import { loadMailing, type OrderMailing } from "@email-agent/shared/run/loadMailing.ts";
import type { StepHandler, StepRun } from "@email-agent/shared/run/stepRun.ts";
import { countResult, progressOf } from "../countResult.ts";
import { openPoolWatch } from "../poolWatch.ts";
import { note, openTally, type Tally } from "../tally.ts";

export interface CountPorts {
  readonly config: Pick<ConfigTable, "stage" | "pools" | "languages" | "settings">;
  readonly events: Pick<Events, "get">;
  readonly participants: Pick<Participants, "pages">;
  readonly deliveries: Pick<Deliveries, "reached">;
}

/** One language: who was reached already, and how the rest was judged. */
interface LanguageCount {
  readonly mailing: Mailing;
  readonly reached: ReachedSet;
  readonly tally: Tally;
}

const scanSegments = 4;

/**
 * Count: how many people each language of the mailing has reached and would reach, and why the others are left out.
 * Reads everything and changes nothing but its own step. Participants are read page by page; only the numbers and one
 * compact set per language stay in memory.
 */
export function count(ports: CountPorts): StepHandler {
  return async (run) => {
    const loaded = await loadMailing(ports, run.order);
    const languages: LanguageCount[] = [];
    for (const language of loaded.languages) {
      run.signal.throwIfAborted();
      const mailing = loaded.mailing(language);
      const reached = await ports.deliveries.reached(mailing.mailingKey, run.signal);
      languages.push({ mailing, reached, tally: openTally() });
    }
    return countParticipants(ports, run, loaded, languages);
  };
}

async function countParticipants(ports: CountPorts, run: StepRun, loaded: OrderMailing, languages: LanguageCount[]) {
  const watch = openPoolWatch(loaded, run.order.subEvent);
  const invalid = openInvalidRecords();
  const shared = openSharedAddresses();
  const tallies = new Map(languages.map(({ mailing, tally }) => [mailing.language.code, tally]));
  let read = 0;
  for await (const page of ports.participants.pages({ segments: scanSegments, signal: run.signal })) {
    for (const participant of page) {
      run.signal.throwIfAborted();
      invalid.note(participant);
      const reasons = languages.map((language) => judge(language, participant));
      for (const reason of reasons) watch.note(reason, participant);
      if (reasons.includes(undefined)) shared.note(participant);
    }
    read += page.length;
    run.report(progressOf(tallies, read));
  }
  run.signal.throwIfAborted();
  return countResult(tallies, read, watch.warnings(), shared.details(), invalid.report());
}

function judge({ mailing, reached, tally }: LanguageCount, participant: Participant) {
  const ledger = { reached: reached.has(participant.id), failedPermanently: false };
  const reason = skipReason(mailing, participant, ledger, "user-started");
  note(tally, reason);
  return reason;
}
