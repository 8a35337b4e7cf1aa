"use client";
import type { Action } from "@email-agent/shared/domain/command.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import type { Order } from "../../api/orders.ts";
import type { RequestFailed } from "../http.ts";
import type { ConnectionState, LiveStore, OrdersView } from "./liveStore.ts";
import type { CommandOptions } from "./pendingCommands.ts";

export const LiveContext = createContext<LiveStore | undefined>(undefined);

function useStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error("Live orders are for the signed-in pages.");
  return store;
}

// The server renders pages without orders. React requires the same objects each time.
const nothingYet: OrdersView = { phase: "loading", orders: [], unreadable: 0 };
const onServer = {
  orders: () => nothingYet,
  order: () => undefined,
  connection: (): ConnectionState => "connecting",
};

/** Every order the user may see, including archived ones, unsorted. A row of a list gets its order from here as a prop. */
export function useOrders(): OrdersView {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.orders, onServer.orders);
}

/** One order; renders again when it changes. Undefined before it is read, and once it is gone. */
export function useOrder(id: string): Order | undefined {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.order(id), onServer.order);
}

/** Only while `connected` may commands be given and is the page current. */
export function useConnection(): ConnectionState {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.connection, onServer.connection);
}

export interface Commands {
  /**
   * Start or Restart. Resolves when the command is taken, or with the failure; the user is shown the failure in any case,
   * and the optimistic update is rolled back.
   */
  start(orderId: string, step: StepName, options?: CommandOptions): Promise<RequestFailed | undefined>;
  /** A start at a later time; while one is scheduled it is moved. */
  schedule(
    orderId: string,
    step: StepName,
    options: CommandOptions & { readonly startAt: string },
  ): Promise<RequestFailed | undefined>;
  /** Starts Send for a selection of mails only; as `start`. */
  retry(orderId: string, selection: string, confirmRecipients: number): Promise<RequestFailed | undefined>;
  stop(orderId: string, step: StepName): Promise<RequestFailed | undefined>;
  /** This browser's command that is not judged yet. The order (`useOrder`, `useOrders`) changes whenever this does. */
  pendingOf(orderId: string): { readonly step: StepName; readonly action: Action } | undefined;
}

/** Gives commands; the same object at every rendering. */
export function useCommands(): Commands {
  const store = useStore();
  return useMemo(
    () => ({
      start: (id, step, options) => store.commands.give(id, step, "start", options),
      schedule: (id, step, options) => store.commands.give(id, step, "schedule", options),
      retry: (id, selection, confirmRecipients) =>
        store.commands.give(id, "Send", "retry", { selection, confirmRecipients }),
      stop: (id, step) => store.commands.give(id, step, "stop"),
      pendingOf: (id) => store.commands.of(id),
    }),
    [store],
  );
}

export interface Live {
  /** Applies an order that another request returned, if it is newer. */
  apply(order: Order): void;
  /** The order was deleted. */
  remove(id: string): void;
  /** Reads one order over HTTP, with its findings; rejects with RequestFailed. */
  refresh(id: string): Promise<void>;
  /** Reads the list again, now. */
  reload(): void;
}

/** For the results of other requests; the same object at every rendering. */
export function useLive(): Live {
  const store = useStore();
  return useMemo(
    () => ({ apply: store.apply, remove: store.remove, refresh: store.refresh, reload: store.reload }),
    [store],
  );
}
