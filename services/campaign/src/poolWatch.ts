import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { SkipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderMailing } from "@email-agent/shared/run/loadMailing.ts";

export interface PoolWatch {
  /** Notes how the filter judged a participant. */
  note(reason: SkipReason | undefined, participant: Participant): void;
  /** One warning for each pool that was evaluated and accepted no one. */
  warnings(): Detail[];
}

/**
 * Watches whether the pools of event and stage accept anyone at all: one that never does is nearly always a configuration
 * mistake. Pools are evaluated in the filter's order, so a stage pool after one that refuses everyone is not evaluated.
 */
export function openPoolWatch({ event, stage, pools }: OrderMailing, subEvent: string): PoolWatch {
  const eventPool = event.config.pool;
  const evaluated = new Set<string>();
  const accepting = new Set<string>();
  const watched = new Set([...(eventPool ? [eventPool] : []), ...stage.pools]);
  const noteEvaluated = (pool: string, accepts: boolean) => {
    evaluated.add(pool);
    if (accepts) accepting.add(pool);
    return accepts;
  };
  return {
    note: (reason, participant) => {
      if (accepting.size === watched.size) return;
      if (reason !== undefined && reason !== "event-pool" && reason !== "stage-pool") return;
      if (eventPool) noteEvaluated(eventPool, reason !== "event-pool");
      if (reason === "event-pool") return;
      stage.pools.every((pool) =>
        noteEvaluated(pool, reason === undefined || pools.accepts(pool, participant, event, subEvent)),
      );
    },
    warnings: () => [
      ...(eventPool ? [] : [warning(`The event ${event.aid} has no pool and therefore accepts no one.`)]),
      ...[...evaluated]
        .filter((pool) => !accepting.has(pool))
        .map((pool) => warning(`The pool "${pool}" accepts no one: check its attributes.`)),
    ],
  };
}

function warning(text: string): Detail {
  return { language: "all", rule: "pool", severity: "warning", text };
}
