import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { SkipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderMailing } from "@email-agent/shared/run/loadMailing.ts";

export interface PoolWatch {
  /** Notes how the filter judged somebody. */
  note(reason: SkipReason | undefined, participant: Participant): void;
  /** One warning for each pool that was asked and accepted nobody. */
  warnings(): Detail[];
}

/**
 * Watches whether the pools of event and stage accept anybody at all: one that never does is nearly always a slip in
 * the configuration. A pool is asked as the filter asks it, so a stage pool behind one that refuses everybody is not.
 */
export function openPoolWatch({ event, stage, pools }: OrderMailing, subEvent: string): PoolWatch {
  const eventPool = event.config.pool;
  const asked = new Set<string>();
  const accepting = new Set<string>();
  const watched = new Set([...(eventPool ? [eventPool] : []), ...stage.pools]);
  const noteAsked = (pool: string, accepts: boolean) => {
    asked.add(pool);
    if (accepts) accepting.add(pool);
    return accepts;
  };
  return {
    note: (reason, participant) => {
      if (accepting.size === watched.size) return;
      if (reason !== undefined && reason !== "event-pool" && reason !== "stage-pool") return;
      if (eventPool) noteAsked(eventPool, reason !== "event-pool");
      if (reason === "event-pool") return;
      stage.pools.every((pool) =>
        noteAsked(pool, reason === undefined || pools.accepts(pool, participant, event, subEvent)),
      );
    },
    warnings: () => [
      ...(eventPool ? [] : [warning(`The event ${event.aid} has no pool and therefore accepts nobody.`)]),
      ...[...asked]
        .filter((pool) => !accepting.has(pool))
        .map((pool) => warning(`The pool "${pool}" accepts nobody: check its attributes.`)),
    ],
  };
}

function warning(text: string): Detail {
  return { language: "all", rule: "pool", severity: "warning", text };
}
