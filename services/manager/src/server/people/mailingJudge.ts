import type { OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type SkipReason, skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { configured, loadMailing, type MailingPorts } from "@email-agent/shared/run/loadMailing.ts";
import type { Manager } from "../manager.ts";

/** Why a person is not mailed as things are now; nothing if they would be. `problem`: the filter cannot judge. */
export type MailingJudge = (
  mailing: OrderMailing,
  language: string,
  person: Participant,
) => Promise<{ readonly reason?: SkipReason; readonly problem?: string }>;

/** Only people without a delivery are judged, so the ledger excludes none of them. */
const notReached = { reached: false, failedPermanently: false };

/**
 * Asks the filter of Count, Dry-Run and Send about many mailings and one person. What they refer to is read once: keep it
 * for one request only.
 */
export function mailingJudge({ events, configTable }: Pick<Manager, "events" | "configTable">): MailingJudge {
  const ports: MailingPorts = {
    events: { get: remembered(events.get) },
    config: {
      stage: remembered(configTable.stage),
      pools: once(configTable.pools),
      languages: once(configTable.languages),
      settings: once(configTable.settings),
    },
  };
  const load = remembered((key: string) => loadMailing(ports, JSON.parse(key)));
  return async (mailing, code, person) => {
    const { eventCode, subEvent, stage, revision } = mailing;
    try {
      const loaded = await load(JSON.stringify({ eventCode, subEvent, stage, revision, languages: [code] }));
      const [language] = loaded.languages;
      if (!language) return {};
      const reason = configured(() => skipReason(loaded.mailing(language), person, notReached, "user-started"));
      return reason === undefined ? {} : { reason };
    } catch (error) {
      // An event that is gone, a stage that is no longer configured: the other mailings are judged all the same.
      if (error instanceof AppError && (error.code === "configuration" || error.code === "bad-item"))
        return { problem: error.message };
      throw error;
    }
  };
}

/** Calls `read` once for each argument, and keeps what it returned; of a failure nothing is kept. */
function remembered<Argument, Value>(
  read: (argument: Argument) => Promise<Value>,
): (argument: Argument) => Promise<Value> {
  const known = new Map<Argument, Promise<Value>>();
  return (argument) => {
    const value = known.get(argument) ?? read(argument);
    known.set(argument, value);
    value.catch(() => known.delete(argument));
    return value;
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  const remember = remembered((_: "") => read());
  return () => remember("");
}
