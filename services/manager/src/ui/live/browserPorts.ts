import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { notifications } from "@mantine/notifications";
import { ulid } from "ulid";
import type { CommandTaken, RealtimeAccess } from "../../api/commands.ts";
import type { Order, OrderList } from "../../api/orders.ts";
import { call } from "../http.ts";
import type { LivePorts, Notice, Socket, SocketHandlers } from "./livePorts.ts";

/** What live orders need, from a real browser. Touches nothing of it before it is used. */
export function browserPorts(): LivePorts {
  return {
    clock: systemClock,
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
