import { notifications } from "@mantine/notifications";
import { ulid } from "ulid";
import type { CommandTaken, RealtimeAccess } from "../../api/commands.ts";
import type { Order, OrderList } from "../../api/orders.ts";
import { call } from "../http.ts";
import type { LivePorts, Notice, Socket, SocketHandlers } from "./livePorts.ts";

/** What live orders need, from a real browser. Touches nothing of it before it is used. */
export function browserPorts(): LivePorts {
  return {
    clock: { now: () => Date.now(), sleep },
    api: {
      ticket: () => call<RealtimeAccess>("POST", "/api/realtime/ticket"),
      list: () => call<OrderList>("GET", "/api/work-orders"),
      read: (id) => call<Order>("GET", `/api/work-orders/${encodeURIComponent(id)}`),
      give: (id, body) => call<CommandTaken>("POST", `/api/work-orders/${encodeURIComponent(id)}/commands`, body),
    },
    openSocket,
    random: Math.random,
    newId: () => ulid(),
    frame: (run) => void requestAnimationFrame(run),
    say,
  };
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

function openSocket(url: string, { onOpen, onMessage, onClose }: SocketHandlers): Socket {
  const socket = new WebSocket(url);
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", ({ data }) => onMessage(String(data)));
  socket.addEventListener("close", onClose);
  return {
    // The close event may be on its way: what cannot be sent any more is of no use either.
    send: (text) => void (socket.readyState === WebSocket.OPEN && socket.send(text)),
    close: () => socket.close(),
  };
}

/** It stays until it is closed: nobody should miss why a step did not start. */
function say({ kind, title, text }: Notice): void {
  notifications.show({ color: kind === "failed" ? "red" : "yellow", title, message: text, autoClose: false });
}
