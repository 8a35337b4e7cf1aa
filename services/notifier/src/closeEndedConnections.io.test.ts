import { once } from "node:events";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { userSessions } from "@email-agent/shared/adapters/userSessions.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { signRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { makeConnect } from "../../../infra/lambdas/connect.ts";
import { makeDisconnect } from "../../../infra/lambdas/disconnect.ts";
import { startTestStack } from "../../../infra/local/testStack.ts";
import { startWebSocketGateway } from "../../../infra/local/webSocketGateway.ts";
import { openSockets } from "./adapters/sockets.ts";
import { closeEndedConnections } from "./closeEndedConnections.ts";

const ticketSecret = "a-secret-of-the-tests";

test("acceptance 74: within a minute open WebSockets are closed of who signed out, was removed or has other rights; others stay", async () => {
  await using stack = await startTestStack();
  const { aws, config } = stack;
  const known = connections(aws, config);
  const users = configTable(aws, config, { log: silentLog });
  const put = (id: string, fields: Partial<User> = {}) => {
    const Item = { pk: "user", sk: id, name: id, role: "write", eventAccess: ["A", "B"], ...fields };
    return aws.dynamo.send(new PutCommand({ TableName: config.CONFIG_TABLE, Item }));
  };
  const ids = ["stays", "reordered", "signed-out", "removed", "demoted", "other-events", "broken", "before"];
  for (const id of ids) await put(id);

  await using gateway = await startWebSocketGateway({
    connect: makeConnect({ connections: known, users, ticketSecret, clock: systemClock, log: silentLog }),
    disconnect: makeDisconnect({ connections: known, log: silentLog }),
  });
  const sockets = new Map<string, WebSocket>();
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const userId of ids) {
    const ticket = signRealtimeTicket(ticketSecret, {
      ...{ ticketId: ulid(), userId, role: "write", eventAccess: ["A", "B"], exp: Date.now() + 60_000 },
      // The version before knew no session.
      ...(userId !== "before" && { sessionIssuedAt: nowSeconds - 100 }),
    });
    const socket = new WebSocket(`${gateway.url}?ticket=${ticket}`);
    await once(socket, "open");
    sockets.set(userId, socket);
  }

  const clock = fakeClock(Date.now());
  const wsConfig = { AWS_REGION: config.AWS_REGION, WEBSOCKET_API_URL: gateway.url, WEBSOCKET_MANAGEMENT_URL: "" };
  await using posting = openSockets(wsConfig, { clock: systemClock, atOnce: 1 });
  const ports = { connections: known, users, sockets: posting, clock, log: silentLog };
  await using _closing = closeEndedConnections(ports);
  await eventually("the first round has ended", () => clock.sleeping === 1);
  const open = () => [...sockets].filter(([, { readyState }]) => readyState === WebSocket.OPEN).map(([id]) => id);
  expect(open()).toEqual(ids);

  await put("reordered", { eventAccess: ["B", "A"] });
  for (const id of ["signed-out", "before"]) await userSessions(aws, config).end(id, nowSeconds + 60);
  await aws.dynamo.send(new DeleteCommand({ TableName: config.CONFIG_TABLE, Key: { pk: "user", sk: "removed" } }));
  await put("demoted", { role: "read" });
  await put("other-events", { eventAccess: ["A"] });
  await put("broken", { name: "" });

  await clock.advance(15_000);
  const staying = ["reordered", "stays"];
  const left = async () => (await known.list(Date.now(), () => {})).map(({ userId }) => userId).sort();
  await expect.poll(left).toEqual(staying);
  await expect.poll(() => open().sort()).toEqual(staying);
  await clock.advance(60_000);
  expect(open().sort()).toEqual(staying);
  for (const socket of sockets.values()) socket.terminate();
});
