import type { Action } from "@email-agent/shared/domain/command.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
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
import type { OrderCache } from "./orderCache.ts";

export interface CommandOptions {
  /** Start of Send: the number of mails the user was shown and confirmed. */
  readonly confirmRecipients?: number;
  /** With `schedule`: when Send is to start (ISO). */
  readonly startAt?: string;
  /** With `retry`: the selection of mails that are sent again. */
  readonly selection?: string;
}

/** The commands of this browser that are not judged yet, at most one per order, with their optimistic updates. */
export interface PendingCommands {
  /**
   * Shows the optimistic update, then gives the command. Resolves once it is taken, or with the failure, which the user has
   * been shown already.
   */
  give(id: string, step: StepName, action: Action, options?: CommandOptions): Promise<RequestFailed | undefined>;
  of(id: string): PendingCommand | undefined;
  /** The order as shown: the step of a pending command in its optimistic state, everything else as confirmed. */
  shown(order: Order): Order;
  /** The order has changed or is gone: a command that it acknowledges is no longer pending. */
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

/** `onChange` is called when what is shown of an order changes; `readAgain` when the state held may be out of date. */
export function pendingCommands(
  { api, clock, newId, say }: Ports,
  cache: OrderCache,
  { onChange, readAgain }: { onChange: () => void; readAgain: (id: string) => void },
): PendingCommands {
  const waiting = new Map<string, Waiting>();

  /** False if it had ended already. */
  function end(id: string, { command, ending }: Waiting): boolean {
    ending.abort();
    if (waiting.get(id)?.command !== command) return false;
    waiting.delete(id);
    onChange();
    return true;
  }

  async function rollBackLater(id: string, one: Waiting): Promise<void> {
    const { signal } = one.ending;
    try {
      await clock.sleep(lookAgainMilliseconds, signal);
      // The message with the acknowledgement may be lost, and with it the end of a short step.
      readAgain(id);
      await clock.sleep(acknowledgedWithinMilliseconds - lookAgainMilliseconds, signal);
    } catch {
      // Acknowledged or failed meanwhile.
      return;
    }
    if (!end(id, one)) return;
    readAgain(id);
    const text =
      "The command was not acknowledged within 30 seconds. The page shows the last confirmed state and is refreshing it.";
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
      const order = cache.get(id);
      if (!one) return;
      if (order && !acknowledges(order, one.command)) return;
      end(id, one);
      const refusal = order && refusalIn(order, one.command);
      if (refusal) say({ kind: "refused", title: `${titleOf(one.command)} was refused`, text: refusal });
    },
    async give(id, step, action, options = {}) {
      const order = cache.get(id);
      if (!order || waiting.has(id)) return notNow(order);
      const commandId = newId();
      const one: Waiting = {
        command: optimisticUpdate(order, { commandId, step, action }, clock.now()),
        ending: new AbortController(),
      };
      waiting.set(id, one);
      onChange();
      void rollBackLater(id, one);
      try {
        await api.give(id, { commandId, step, action, ...options });
        return undefined;
      } catch (error) {
        const failure = asFailure(error);
        // A judgement already seen outweighs a lost response.
        if (!end(id, one)) return undefined;
        // A changed number of recipients is shown by the dialog before Send, which asks for confirmation again.
        if (failure.details["recipients"] === undefined)
          say({ kind: "failed", title: `${titleOf(one.command)} failed`, text: failure.message });
        readAgain(id);
        return failure;
      }
    },
  };
}

/** A command in words, to be followed by "of" and its step. */
export const actionWords: Readonly<Record<Action, string>> = {
  start: "Start",
  stop: "Stop",
  schedule: "Scheduling",
  retry: "Retry",
};

function titleOf({ action, step }: PendingCommand): string {
  return `${actionWords[action]} of ${step}`;
}

function notNow(order: Order | undefined): RequestFailed {
  const message = order
    ? "The previous command is still being checked. Wait a moment."
    : "This work order no longer exists.";
  return new RequestFailed(409, { code: "conflict", message });
}
