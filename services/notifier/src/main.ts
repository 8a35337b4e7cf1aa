import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { runService } from "@email-agent/shared/service/runService.ts";
import { openSockets } from "./adapters/sockets.ts";
import { broadcastEvents } from "./broadcastEvents.ts";
import { countConnections } from "./countConnections.ts";
import { paceOrders } from "./paceOrders.ts";
import { receiveEvents } from "./receiveEvents.ts";

await runService("notifier", async ({ config, log, metrics, use, check }) => {
  const aws = use(openAws(config, log));
  const { clock } = aws;
  const sockets = use(openSockets(config));
  const open = connections(aws, config);
  const broadcast = use(broadcastEvents({ connections: open, sockets, metrics, clock, log }));
  const pace = paceOrders({ broadcast: broadcast.send, clock, log });
  check("connections", () => broadcast.count());
  use(countConnections({ count: broadcast.count, metrics, clock, log }));
  use(receiveEvents(config, { aws, pace, clock, log }));
});
