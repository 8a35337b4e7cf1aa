import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { CommandBody, CommandTaken, RealtimeAccess } from "../../api/commands.ts";
import type { Order, OrderList } from "../../api/orders.ts";

export interface SocketHandlers {
  readonly onOpen: () => void;
  readonly onMessage: (text: string) => void;
  /** Once, however it ended, also if it never opened. */
  readonly onClose: () => void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

/** A notification for the user. */
export interface Notice {
  readonly kind: "refused" | "failed" | "not-acknowledged";
  readonly title: string;
  readonly text: string;
}

/** The API as the live store uses it; each call throws RequestFailed. */
export interface LiveApi {
  ticket(): Promise<RealtimeAccess>;
  list(): Promise<OrderList>;
  read(id: string): Promise<Order>;
  give(id: string, body: CommandBody): Promise<CommandTaken>;
}

/** Everything the live store needs from a browser. */
export interface LivePorts {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly api: LiveApi;
  readonly openSocket: (url: string, handlers: SocketHandlers) => Socket;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** A new ULID. */
  readonly newId: () => string;
  /** Runs `run` once, before the next paint. */
  readonly frame: (run: () => void) => void;
  readonly say: (notice: Notice) => void;
}
