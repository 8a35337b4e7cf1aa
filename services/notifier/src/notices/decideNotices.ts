import type { Audit } from "@email-agent/shared/adapters/audit.ts";
import type { Notices } from "@email-agent/shared/adapters/notices.ts";
import { commandLineKey } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { commandOfRun } from "@email-agent/shared/domain/lifecycle/passes.ts";
import {
  type DueNotice,
  dueNotices,
  endKey,
  type NoticeLimits,
  noticeLimits,
} from "@email-agent/shared/domain/notices/noticeCases.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

export interface DecidePorts {
  readonly notices: Pick<Notices, "decide">;
  readonly audit: Pick<Audit, "line">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly limits?: NoticeLimits;
}

export interface NoticeDecisions extends AsyncDisposable {
  /**
   * Decides the notices that an order calls for and that were not decided before, by this process or another. Most orders call
   * for none or were decided here: then nothing is read or written. `silentMilliseconds`: for how long the Send has not moved;
   * only with it are notices about time decided. Rejects when the tables do not respond; deciding again does no harm.
   */
  of(order: OrderSnapshot, silentMilliseconds?: number): Promise<void>;
}

/** A notice that was forgotten is refused by the table when it is decided again. */
const rememberedNotices = 10_000;

/**
 * Several notifiers see the same events, twice, late or in another order, and look at the same orders: of all that find an
 * occurrence, the conditional write of one succeeds.
 */
export function decideNotices(ports: DecidePorts): NoticeDecisions {
  const { notices, clock, log, limits = noticeLimits } = ports;
  /** Key → how many mails in doubt the notice named. */
  const known = new Map<string, number>();
  const underWay = new Map<string, Promise<void>>();

  const remember = (key: string, inDoubt: number) => {
    known.set(key, inDoubt);
    const [oldest] = known.keys();
    if (known.size > rememberedNotices && oldest !== undefined) known.delete(oldest);
  };
  const decide = async (order: OrderSnapshot, { key, facts }: DueNotice) => {
    const { id: workOrderId, eventCode, subEvent, stage, account } = order;
    const users = await usersOf(ports, order);
    const about = { sk: key, workOrderId, eventCode, subEvent, stage, account };
    const decided = await notices.decide({ ...about, facts, users }, clock.now());
    remember(key, decided.facts.inDoubt);
    if (decided.isNew) log.info({ workOrderId, notice: key, kind: facts.kind }, "a notice was decided");
  };
  const decideOnce = (order: OrderSnapshot, due: DueNotice) => {
    const deciding = underWay.get(due.key) ?? decide(order, due).finally(() => underWay.delete(due.key));
    underWay.set(due.key, deciding);
    return deciding;
  };

  return {
    async of(order, silentMilliseconds) {
      for (;;) {
        const namedInDoubt = known.get(endKey(order));
        const seen = {
          now: clock.now(),
          namedInDoubt,
          limits,
          ...(silentMilliseconds !== undefined && { silentMilliseconds }),
        };
        const due = dueNotices(order, seen).filter(({ key }) => !known.has(key));
        if (due.length === 0) return;
        await Promise.all(due.map((one) => decideOnce(order, one)));
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(underWay.values());
    },
  };
}

/** Who started the Send; no one if that user stopped it and knows. */
async function usersOf({ audit }: Pick<DecidePorts, "audit">, order: OrderSnapshot): Promise<string[]> {
  const { runId = "", status } = order.steps.Send;
  const giverOf = async (commandId: string) => (await audit.line(order.id, commandLineKey(commandId)))?.by;
  const starter = await giverOf(commandOfRun(runId));
  if (starter === undefined) return [];
  const last = order.lastCommand;
  const isStop = status === "interrupted" && last?.action === "stop" && last.step === "Send";
  return isStop && (await giverOf(last.id)) === starter ? [] : [starter];
}
