import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Action } from "@email-agent/shared/domain/command.ts";
import { commandWrite } from "@email-agent/shared/domain/lifecycle/commandWrite.ts";
import { signRealtimeTicket, ticketLifeSeconds } from "@email-agent/shared/domain/realtimeTicket.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { type ServerMessage, serverMessageSchema } from "@email-agent/shared/messages/socketMessage.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { ulid } from "ulid";

export interface OperatorOptions {
  /** Who gives the commands. Default: writer. */
  readonly userId?: string;
  readonly orders: WorkOrderStore;
  readonly webSocketUrl: string;
  readonly ticketSecret: string;
}

/** An operator without a browser: gives commands by the command attribute and sees what the WebSocket brings. */
export interface Operator extends AsyncDisposable {
  /** Writes the command as the Email Manager does and returns its id. */
  command(workOrderId: string, step: StepName, action: Action): Promise<string>;
  /** The newest state seen; undefined before the first. */
  seen(workOrderId: string): OrderSnapshot | undefined;
  /** Calls back with each newer state of the order, also with the one already held. Dispose to stop. */
  watch(workOrderId: string, onChange: (order: OrderSnapshot) => void): Disposable;
  /** Waits for a state of the order; rejects with what was seen last after `seconds`. */
  until(workOrderId: string, isReached: (order: OrderSnapshot) => boolean, seconds: number): Promise<OrderSnapshot>;
  /** Every message as it came, with its time of arrival (monotonic milliseconds): for measuring. */
  readonly arrivals: { readonly message: ServerMessage; readonly at: number }[];
}

const pingMilliseconds = 5 * 60_000;
const reconnectMilliseconds = 500;

/** Connects as a user with access to all events; reconnects by itself, then reads what it may have missed. */
export async function openOperator(options: OperatorOptions): Promise<Operator> {
  const held = new Map<string, OrderSnapshot>();
  const watchers = new Set<{ id: string; onChange: (order: OrderSnapshot) => void }>();
  const arrivals: { message: ServerMessage; at: number }[] = [];
  let socket: WebSocket;
  let closed = false;

  const apply = (order: OrderSnapshot) => {
    const before = held.get(order.id);
    if (before && before.version >= order.version) return;
    held.set(order.id, order);
    for (const watcher of watchers) if (watcher.id === order.id) watcher.onChange(order);
  };
  const readAll = async () => {
    for await (const order of options.orders.list()) apply(order);
  };
  const onMessage = async (text: string) => {
    const message = serverMessageSchema.parse(JSON.parse(text));
    arrivals.push({ message, at: performance.now() });
    if (message.type === "work-order.snapshot") apply(message.order);
    if (message.type === "work-order.deleted") held.delete(message.workOrderId);
    if (message.type === "work-order.changed") {
      const order = await options.orders.get(message.workOrderId);
      if (order) apply(order);
    }
  };
  const connect = async (): Promise<void> => {
    socket = new WebSocket(`${options.webSocketUrl}?ticket=${encodeURIComponent(ticket(options))}`);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener("open", () => opened.resolve());
    socket.addEventListener("message", ({ data }) => void onMessage(String(data)));
    socket.addEventListener("close", () => {
      opened.reject(new Error(`The WebSocket at ${options.webSocketUrl} refused or closed the connection.`));
      if (!closed) setTimeout(() => void connect().catch(() => {}), reconnectMilliseconds);
    });
    await opened.promise;
    await readAll();
  };
  await connect();
  const ping = setInterval(
    () => socket.readyState === WebSocket.OPEN && socket.send('{"type":"ping"}'),
    pingMilliseconds,
  );

  const watch = (id: string, onChange: (order: OrderSnapshot) => void): Disposable => {
    const watcher = { id, onChange };
    watchers.add(watcher);
    const before = held.get(id);
    if (before) onChange(before);
    return { [Symbol.dispose]: () => void watchers.delete(watcher) };
  };
  return {
    arrivals,
    seen: (id) => held.get(id),
    watch,
    command: (id, step, action) => writeCommand(options, id, step, action),
    async until(id, isReached, seconds) {
      const reached = Promise.withResolvers<OrderSnapshot>();
      using _watching = watch(id, (order) => isReached(order) && reached.resolve(order));
      const timer = setTimeout(
        () => reached.reject(new Error(`Not reached in ${seconds} s; seen last: ${summary(held.get(id))}`)),
        seconds * 1000,
      );
      return await reached.promise.finally(() => clearTimeout(timer));
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(ping);
      socket.close();
    },
  };
}

function ticket({ ticketSecret, userId = "writer" }: OperatorOptions): string {
  return signRealtimeTicket(ticketSecret, {
    ticketId: ulid(),
    userId,
    role: "write",
    eventAccess: ["*"],
    exp: Date.now() + ticketLifeSeconds * 1000,
  });
}

/** Writes the command as the manager does. Throws if another one waits for its judgement. */
async function writeCommand(options: OperatorOptions, id: string, step: StepName, action: Action): Promise<string> {
  const { orders, userId = "writer" } = options;
  const order = await orders.get(id);
  if (!order) throw new Error(`There is no work order ${id}.`);
  const command = { id: ulid(), step, action, requestedBy: userId, requestedAt: instant(Date.now()) };
  const written = await orders.write(id, commandWrite(order, command), { updatedBy: userId });
  if (!written) throw new Error(`Another command of ${id} waits for its judgement.`);
  return command.id;
}

function summary(order: OrderSnapshot | undefined): string {
  if (!order) return "nothing";
  const steps = Object.entries(order.steps).map(
    ([name, step]) => `${name} ${step.status}${step.message ? ` (${step.message})` : ""}`,
  );
  return `version ${order.version}: ${steps.join("; ")}; last command ${JSON.stringify(order.lastCommand)}`;
}
