import { once } from "node:events";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeConnect } from "../../../../../infra/lambdas/connect.ts";
import { makeDisconnect } from "../../../../../infra/lambdas/disconnect.ts";
import { startTestStack } from "../../../../../infra/local/testStack.ts";
import { startWebSocketGateway } from "../../../../../infra/local/webSocketGateway.ts";
import { giveTicket } from "./giveTicket.ts";

const REALTIME_TICKET_SECRET = "a-secret-of-the-tests";
const reader = {
  ...{ id: "reader", name: "Reed", role: "read" as const, eventAccess: ["SUMMER26"] },
  ...{ showAddresses: false, exportCsv: false },
};

/** What a browser gets that opens the address: `open`, or the status it was refused with. */
async function openWith({ url, ticket }: { url: string; ticket: string }): Promise<string> {
  const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
  socket.on("error", () => {});
  const refused = once(socket, "unexpected-response").then(([, response]) => String(response.statusCode));
  const opened = once(socket, "open").then(() => "open");
  const answer = await Promise.race([opened, refused]);
  socket.terminate();
  return answer;
}

test("acceptance 30: a ticket opens one connection, with the rights the user has; used or older than a minute it gets 401", async () => {
  await using stack = await startTestStack();
  const clock = fakeClock();
  const known = connections(stack.aws, stack.config);
  await using gateway = await startWebSocketGateway({
    connect: makeConnect({ connections: known, ticketSecret: REALTIME_TICKET_SECRET, clock, log: silentLog }),
    disconnect: makeDisconnect({ connections: known, log: silentLog }),
  });
  const ports = { config: { WEBSOCKET_API_URL: gateway.url, REALTIME_TICKET_SECRET }, clock };

  const access = giveTicket(ports, reader);
  expect(access.url).toBe(gateway.url);
  const first = new WebSocket(`${access.url}?ticket=${encodeURIComponent(access.ticket)}`);
  await once(first, "open");
  const [connection] = await known.list(clock.now(), () => {});
  expect(connection).toMatchObject({ userId: "reader", role: "read", eventAccess: ["SUMMER26"] });
  first.terminate();
  expect(await openWith(access)).toBe("401");

  const late = giveTicket(ports, reader);
  await clock.advance(60_000);
  expect(await openWith(late)).toBe("401");
  expect(await openWith(giveTicket(ports, reader))).toBe("open");
});
