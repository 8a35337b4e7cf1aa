import { setImmediate } from "node:timers/promises";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "../../../shared/testing/builders.ts";
import { type FakeClock, fakeClock } from "../../../shared/testing/fakeClock.ts";
import type { CommandBody, CommandTaken, RealtimeAccess } from "../src/api/commands.ts";
import type { Order, OrderList } from "../src/api/orders.ts";
import { RequestFailed } from "../src/ui/http.ts";
import type { LiveApi, LivePorts, Notice, SocketHandlers } from "../src/ui/live/livePorts.ts";

/** A request that reached the server. Its response is read when `look` is called, and arrives with `deliver`. */
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
export interface LiveFixture {
  readonly clock: FakeClock;
  readonly ports: LivePorts;
  /** The orders as they are in the table. */
  readonly truth: Map<string, Order>;
  /** Requests in flight, when `respondsAtOnce` is false. */
  readonly requests: HeldRequest[];
  respondsAtOnce: boolean;
  /** Requests of these kinds fail with this status. */
  readonly failing: Map<keyof LiveApi, number>;
  readonly calls: { readonly kind: keyof LiveApi; readonly id?: string; readonly body?: CommandBody }[];
  readonly sockets: FakeSocket[];
  readonly notices: Notice[];
  /** Sockets open by themselves. */
  opensAtOnce: boolean;
  /** The socket that is open or opening. */
  socket(): FakeSocket;
  cut(): void;
  /** Paints: runs the callbacks of the next frame. Returns their number. */
  paint(): number;
  /** Writes an order as the store does; returns the event of that write. */
  write(id: string, change?: (order: Order) => Partial<Order>): StatusEvent;
  erase(id: string): StatusEvent;
  /** Sends an event to the open socket. */
  send(event: StatusEvent | object): void;
  /** Lets all pending promises settle. */
  settle(): Promise<void>;
}

export function liveFixture(orders: readonly Order[] = [anOrder()]): LiveFixture {
  const clock = fakeClock();
  const truth = new Map(orders.map((order) => [order.id, order]));
  const requests: HeldRequest[] = [];
  const failing: LiveFixture["failing"] = new Map();
  const calls: LiveFixture["calls"] = [];
  const sockets: FakeSocket[] = [];
  const notices: Notice[] = [];
  let frames: (() => void)[] = [];
  let ids = 0;
  const isOpen = (socket: FakeSocket) => !socket.isClosed;

  const nextId = () => {
    ids += 1;
    return `01JD00000000000000000000${String(ids).padStart(2, "0")}`;
  };

  function ask<Result>(
    kind: keyof LiveApi,
    read: () => Result | RequestFailed,
    about: { id?: string; body?: CommandBody } = {},
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    let respond: (() => void) | undefined;
    const request: HeldRequest = {
      kind,
      ...about,
      look() {
        respond ??= seen(read, resolve, reject);
      },
      deliver() {
        requests.splice(requests.indexOf(request), 1);
        request.look();
        respond?.();
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
    else if (fixture.respondsAtOnce || kind === "ticket") request.deliver();
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

  const fixture: LiveFixture = {
    ...{ clock, truth, requests, failing, calls, sockets, notices },
    respondsAtOnce: true,
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
        if (fixture.opensAtOnce) queueMicrotask(() => isOpen(socket) && socket.onOpen());
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
    send: (event) => sockets.findLast(isOpen)?.onMessage(JSON.stringify(event)),
    async settle() {
      for (let n = 0; n < 4; n += 1) await setImmediate();
    },
  };
  return fixture;
}

/** The event of a state. */
export function snapshot(order: Order, now: number): StatusEvent {
  const { id: workOrderId, eventCode, version } = order;
  return { v: 1, type: "work-order.snapshot", workOrderId, eventCode, version, at: new Date(now).toISOString(), order };
}

function seen<Result>(
  read: () => Result | RequestFailed,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): () => void {
  const result = read();
  return result instanceof RequestFailed ? () => reject(result) : () => resolve(result);
}

function failed(status: number): RequestFailed {
  return new RequestFailed(status, { code: "test", message: `The server responded with ${status}.` });
}

function missing(what: string): never {
  throw new Error(what);
}
