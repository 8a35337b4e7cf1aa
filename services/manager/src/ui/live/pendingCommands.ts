import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Action } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";
import { RequestFailed } from "../http.ts";
import { asFailure } from "./asFailure.ts";
import type { LivePorts } from "./livePorts.ts";
import {
  acknowledgedWithinMilliseconds,
  acknowledges,
  optimisticUpdate,
  type PendingCommand,
  refusalIn,
  withPending,
} from "./optimisticUpdate.ts";
import type { OrderBook } from "./orderBook.ts";

export interface CommandOptions {
  /** Start of Send: the number of mails the user was shown and confirmed. */
  readonly confirmRecipients?: number;
}

/** The commands of this browser that are not judged yet, at most one per order. */
export interface PendingCommands {
  /**
   * Shows what the command will do, then gives it. Resolves once it is taken, or with the failure, of which the user was
   * told already.
   */
  give(id: string, step: StepName, action: Action, options?: CommandOptions): Promise<RequestFailed | undefined>;
  of(id: string): PendingCommand | undefined;
  /** The order as it is shown: the step of a pending command as expected, all else as confirmed. */
  shown(order: Order): Order;
  /** A newer state, or none any more, is held: a command it tells about is pending no longer. */
  settle(id: string): void;
}

const lookAgainMilliseconds = 10_000;

interface Waiting {
  readonly command: PendingCommand;
  readonly ending: AbortController;
  /** Cached, so that an unchanged order stays the same object. */
  view?: { readonly of: Order; readonly shown: Order };
}

type Ports = Pick<LivePorts, "api" | "clock" | "newId" | "say">;

/** `onChange` is called when what is shown of an order changed; `readAgain` when what is held may be out of date. */
export function pendingCommands(
  { api, clock, newId, say }: Ports,
  book: OrderBook,
  { onChange, readAgain }: { onChange: () => void; readAgain: (id: string) => void },
): PendingCommands {
  const waiting = new Map<string, Waiting>();

  /** False if it was over already. */
  function end(id: string, { command, ending }: Waiting): boolean {
    ending.abort();
    if (waiting.get(id)?.command !== command) return false;
    waiting.delete(id);
    onChange();
    return true;
  }

  async function giveUpLater(id: string, one: Waiting): Promise<void> {
    const { signal } = one.ending;
    try {
      await clock.sleep(lookAgainMilliseconds, signal);
      // The message that tells may have been lost, and with it the last word about a short step.
      readAgain(id);
      await clock.sleep(acknowledgedWithinMilliseconds - lookAgainMilliseconds, signal);
    } catch {
      // Acknowledged or failed meanwhile.
      return;
    }
    if (!end(id, one)) return;
    readAgain(id);
    const text =
      "The command was not acknowledged within 30 seconds. This is the last confirmed state; it is being read again.";
    say({ kind: "not-acknowledged", title: `${titleOf(one.command)}: not acknowledged`, text });
  }

  return {
    of: (id) => waiting.get(id)?.command,
    shown(order) {
      const one = waiting.get(order.id);
      if (!one) return order;
      if (one.view?.of !== order) one.view = { of: order, shown: withPending(order, one.command) };
      return one.view.shown;
    },
    settle(id) {
      const one = waiting.get(id);
      const order = book.get(id);
      if (!one) return;
      if (order && !acknowledges(order, one.command)) return;
      end(id, one);
      const refusal = order && refusalIn(order, one.command);
      if (refusal) say({ kind: "refused", title: `${titleOf(one.command)} was refused`, text: refusal });
    },
    async give(id, step, action, { confirmRecipients } = {}) {
      const order = book.get(id);
      if (!order || waiting.has(id)) return notNow(order);
      const commandId = newId();
      const one: Waiting = {
        command: optimisticUpdate(order, { commandId, step, action }, clock.now()),
        ending: new AbortController(),
      };
      waiting.set(id, one);
      onChange();
      void giveUpLater(id, one);
      try {
        await api.give(id, { commandId, step, action, ...(confirmRecipients !== undefined && { confirmRecipients }) });
        return undefined;
      } catch (error) {
        const failure = asFailure(error);
        // A judgement that was seen says more than an answer that got lost.
        if (!end(id, one)) return undefined;
        // Another number of recipients is said by the dialog before Send, which asks for it again.
        if (failure.details["recipients"] === undefined)
          say({ kind: "failed", title: `${titleOf(one.command)} failed`, text: failure.message });
        readAgain(id);
        return failure;
      }
    },
  };
}

function titleOf({ action, step }: PendingCommand): string {
  return `${action === "start" ? "Start" : "Stop"} of ${step}`;
}

function notNow(order: Order | undefined): RequestFailed {
  const message = order ? "The command before is still being judged. Wait a moment." : "This work order is gone.";
  return new RequestFailed(409, { code: "conflict", message });
}
