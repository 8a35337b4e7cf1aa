import { setImmediate } from "node:timers/promises";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "../../../shared/testing/builders.ts";
import { type FakeClock, fakeClock } from "../../../shared/testing/fakeClock.ts";
import type { CommandBody, CommandTaken, RealtimeAccess } from "../src/api/commands.ts";
import type { Order, OrderList } from "../src/api/orders.ts";
import { RequestFailed } from "../src/ui/http.ts";
import type { LiveApi, LivePorts, Notice, SocketHandlers } from "../src/ui/live/livePorts.ts";

/** A request that reached the server. What it answers is read when `look` is called, and arrives with `deliver`. */
interface HeldRequest {
  readonly kind: keyof LiveApi;
  readonly id?: string;
  readonly body?: CommandBody;
  look(): void;
  deliver(): void;
  fail(status: number): void;
}

interface FakeSocket extends SocketHandlers {
  readonly url: string;
  readonly sent: string[];
  isClosed: boolean;
}

/** The browser's surroundings, moved by a test: a clock, the server with its orders, WebSockets, frames. */
export interface LiveWorld {
  readonly clock: FakeClock;
  readonly ports: LivePorts;
  /** The orders as they are in the table. */
  readonly truth: Map<string, Order>;
  /** Requests on their way, when `answersAtOnce` is false. */
  readonly requests: HeldRequest[];
  answersAtOnce: boolean;
  /** Requests of one kind are answered with this status. */
  readonly failing: Map<keyof LiveApi, number>;
  readonly calls: { readonly kind: keyof LiveApi; readonly id?: string; readonly body?: CommandBody }[];
  readonly sockets: FakeSocket[];
  readonly notices: Notice[];
  /** Sockets open by themselves. */
  opensAtOnce: boolean;
  /** The socket that is open or opening. */
  socket(): FakeSocket;
  cut(): void;
  /** Paints: runs what waits for the next frame. Answers how much that was. */
  paint(): number;
  /** Writes an order as the store does and answers the event of that write. */
  write(id: string, change?: (order: Order) => Partial<Order>): StatusEvent;
  erase(id: string): StatusEvent;
  /** Sends an event to the open socket. */
  tell(event: StatusEvent | object): void;
  /** Lets everything run that waits for nothing. */
  settle(): Promise<void>;
}

export function liveWorld(orders: readonly Order[] = [anOrder()]): LiveWorld {
  const clock = fakeClock();
  const truth = new Map(orders.map((order) => [order.id, order]));
  const requests: HeldRequest[] = [];
  const failing: LiveWorld["failing"] = new Map();
  const calls: LiveWorld["calls"] = [];
  const sockets: FakeSocket[] = [];
  const notices: Notice[] = [];
  let frames: (() => void)[] = [];
  let ids = 0;
  const isOpen = (socket: FakeSocket) => !socket.isClosed;

  const nextId = () => {
    ids += 1;
    return `01JD00000000000000000000${String(ids).padStart(2, "0")}`;
  };

  function ask<Answer>(
    kind: keyof LiveApi,
    read: () => Answer | RequestFailed,
    about: { id?: string; body?: CommandBody } = {},
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let answer: (() => void) | undefined;
    const request: HeldRequest = {
      kind,
      ...about,
      look() {
        answer ??= seen(read, resolve, reject);
      },
      deliver() {
        requests.splice(requests.indexOf(request), 1);
        request.look();
        answer?.();
      },
      fail(status) {
        requests.splice(requests.indexOf(request), 1);
        reject(failed(status));
      },
    };
    calls.push({ kind, ...about });
    requests.push(request);
    const status = failing.get(kind);
    if (status !== undefined) request.fail(status);
    else if (world.answersAtOnce || kind === "ticket") request.deliver();
    return promise;
  }

  const api: LiveApi = {
    ticket: () => ask("ticket", (): RealtimeAccess => ({ url: "wss://live", ticket: `t${calls.length}` })),
    list: () => ask("list", (): OrderList => ({ orders: [...truth.values()], unreadable: 0 })),
    read: (id) => ask<Order>("read", () => truth.get(id) ?? failed(404), { id }),
    give: (id, body) =>
      ask("give", (): CommandTaken => ({ commandId: body.commandId, version: truth.get(id)?.version ?? 0 }), {
        id,
        body,
      }),
  };

  const world: LiveWorld = {
    ...{ clock, truth, requests, failing, calls, sockets, notices },
    answersAtOnce: true,
    opensAtOnce: true,
    ports: {
      clock,
      api,
      random: () => 0.5,
      newId: nextId,
      frame: (run) => void frames.push(run),
      say: (notice) => void notices.push(notice),
      openSocket(url, handlers) {
        const socket: FakeSocket = { ...handlers, url, sent: [], isClosed: false };
        sockets.push(socket);
        if (world.opensAtOnce) queueMicrotask(() => isOpen(socket) && socket.onOpen());
        const close = () => {
          socket.isClosed = true;
          socket.onClose();
        };
        return { send: (text) => void socket.sent.push(text), close };
      },
    },
    socket: () => sockets.findLast(isOpen) ?? missing("no socket is open"),
    cut() {
      const socket = sockets.findLast(isOpen);
      if (!socket) return;
      socket.isClosed = true;
      socket.onClose();
    },
    paint() {
      const due = frames;
      frames = [];
      for (const run of due) run();
      return due.length;
    },
    write(id, change = () => ({})) {
      const before = truth.get(id) ?? missing(`no order ${id}`);
      const order = { ...before, ...change(before), version: before.version + 1 };
      truth.set(id, order);
      return snapshot(order, clock.now());
    },
    erase(id) {
      const { eventCode, version } = truth.get(id) ?? missing(`no order ${id}`);
      truth.delete(id);
      const at = new Date(clock.now()).toISOString();
      return { v: 1, type: "work-order.deleted", workOrderId: id, eventCode, version: version + 1, at };
    },
    tell: (event) => sockets.findLast(isOpen)?.onMessage(JSON.stringify(event)),
    async settle() {
      for (let n = 0; n < 4; n += 1) await setImmediate();
    },
  };
  return world;
}

/** The event of a state. */
export function snapshot(order: Order, now: number): StatusEvent {
  const { id: workOrderId, eventCode, version } = order;
  return { v: 1, type: "work-order.snapshot", workOrderId, eventCode, version, at: new Date(now).toISOString(), order };
}

function seen<Answer>(
  read: () => Answer | RequestFailed,
  resolve: (answer: Answer) => void,
  reject: (error: unknown) => void,
): () => void {
  const answer = read();
  return answer instanceof RequestFailed ? () => reject(answer) : () => resolve(answer);
}

function failed(status: number): RequestFailed {
  return new RequestFailed(status, { code: "test", message: `The server answered ${status}.` });
}

function missing(what: string): never {
  throw new Error(what);
}
