import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { notifications } from "@mantine/notifications";
import { ulid } from "ulid";
import type { CommandTaken, RealtimeAccess } from "../../api/commands.ts";
import type { Order, OrderList } from "../../api/orders.ts";
import { call } from "../http.ts";
import type { LivePorts, Notice, Socket, SocketHandlers } from "./livePorts.ts";

/** The ports of the live store in a real browser. Touches no browser API before it is used. */
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
    // The close event may be in flight: what can no longer be sent is no longer needed.
    send: (text) => void (socket.readyState === WebSocket.OPEN && socket.send(text)),
    close: () => socket.close(),
  };
}

/** A notification that stays until it is closed: users must not miss why a step did not start. */
function say({ kind, title, text }: Notice): void {
  notifications.show({ color: kind === "failed" ? "red" : "yellow", title, message: text, autoClose: false });
}
