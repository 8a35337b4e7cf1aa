import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { userSessions } from "@email-agent/shared/adapters/userSessions.ts";
import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { signRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { endOfSessions, sessionIssuedAt } from "@email-agent/shared/domain/userSession.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { afterEach, expect, test } from "vitest";
import { makeConnect } from "../../../../../infra/lambdas/connect.ts";
import { makeDisconnect } from "../../../../../infra/lambdas/disconnect.ts";
import { startTestStack } from "../../../../../infra/local/testStack.ts";
import { startWebSocketGateway } from "../../../../../infra/local/webSocketGateway.ts";
import type { RealtimeAccess } from "../../api/commands.ts";
import { giveTicket } from "./giveTicket.ts";

const REALTIME_TICKET_SECRET = "a-secret-of-the-tests";
const reader = userSchema.parse({ id: "reader", name: "Reed", role: "read", eventAccess: ["SUMMER26"] });

const sockets: Duplex[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

/** What a browser gets that opens the address: `open`, or the status it was refused with. It stays connected. */
function openWith({ url, ticket }: RealtimeAccess): Promise<string> {
  const address = `${url.replace("ws:", "http:")}?ticket=${encodeURIComponent(ticket)}`;
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
  const headers = { ...upgrade, "sec-websocket-key": randomBytes(16).toString("base64") };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = request(address, { headers });
  asked.on("error", reject);
  asked.on("response", (response) => resolve(String(response.statusCode)));
  asked.on("upgrade", (_, socket) => {
    sockets.push(socket);
    resolve("open");
  });
  asked.end();
  return promise;
}

test("acceptance 30: a ticket opens one connection, with the rights the user has; used, older than a minute or of an ended session it gets 401", async () => {
  await using stack = await startTestStack();
  const clock = fakeClock();
  const known = connections(stack.aws, stack.config);
  const users = configTable(stack.aws, stack.config, { log: silentLog });
  const Item = { pk: "user", sk: "reader", ...reader };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item }));
  await using gateway = await startWebSocketGateway({
    connect: makeConnect({ connections: known, users, ticketSecret: REALTIME_TICKET_SECRET, clock, log: silentLog }),
    disconnect: makeDisconnect({ connections: known, log: silentLog }),
  });
  const ports = { config: { WEBSOCKET_API_URL: gateway.url, REALTIME_TICKET_SECRET }, clock };

  const session = { issuedAt: sessionIssuedAt(reader, clock.now()) };
  const access = giveTicket(ports, reader, session);
  expect(access.url).toBe(gateway.url);
  expect(await openWith(access)).toBe("open");
  const [connection] = await known.list(clock.now(), () => {});
  expect(connection).toMatchObject({ userId: "reader", role: "read", eventAccess: ["SUMMER26"] });
  expect(await openWith(access)).toBe("401");

  const late = giveTicket(ports, reader, session);
  await clock.advance(60_000);
  expect(await openWith(late)).toBe("401");
  expect(await openWith(giveTicket(ports, reader, session))).toBe("open");

  const outside = giveTicket(ports, reader, session);
  const byTheVersionBefore = signRealtimeTicket(REALTIME_TICKET_SECRET, {
    ...{ ticketId: "old", userId: "reader", role: "write", eventAccess: ["*"] },
    exp: clock.now() + 60_000,
  });
  await userSessions(stack.aws, stack.config).end("reader", endOfSessions(session.issuedAt, clock.now()));
  for (const ticket of [outside.ticket, byTheVersionBefore]) expect(await openWith({ ...access, ticket })).toBe("401");
  // Signed in again at once.
  const again = await users.user("reader");
  expect(await openWith(giveTicket(ports, reader, { issuedAt: sessionIssuedAt(again, clock.now()) }))).toBe("open");
  const removed = giveTicket(ports, reader, { issuedAt: sessionIssuedAt(again, clock.now()) });
  await stack.aws.dynamo.send(
    new DeleteCommand({ TableName: stack.config.CONFIG_TABLE, Key: { pk: "user", sk: "reader" } }),
  );
  expect(await openWith(removed)).toBe("401");
});
