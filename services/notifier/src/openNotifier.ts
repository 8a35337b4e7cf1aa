import { audit } from "@email-agent/shared/adapters/audit.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { notices } from "@email-agent/shared/adapters/notices.ts";
import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import { orderReads } from "@email-agent/shared/adapters/orderReads.ts";
import { carriedEvent, snapshotEvent } from "@email-agent/shared/adapters/statusTopic.ts";
import type { NoticeLimits } from "@email-agent/shared/domain/notices/noticeCases.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { ServiceKit } from "@email-agent/shared/kit/runService.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import { openSockets } from "./adapters/sockets.ts";
import { broadcastEvents } from "./broadcastEvents.ts";
import { closeEndedConnections } from "./closeEndedConnections.ts";
import { decideNotices } from "./notices/decideNotices.ts";
import { type WatchTimes, watchSends } from "./notices/watchSends.ts";
import { postsAtOnce } from "./postScheduler.ts";
import { receiveEvents } from "./receiveEvents.ts";
import { throttleOrders } from "./throttleOrders.ts";

/** The times of a notifier; tests pass shorter ones. */
export interface NotifierTimes {
  readonly limits?: NoticeLimits;
  readonly watch?: WatchTimes;
}

/** Its clients: that of Redis it does without, and it posts to browsers. */
export interface NotifierClients extends Pick<OpenClients, "openAws"> {
  readonly openSockets: typeof openSockets;
}

/** Starts the notifier: status events to browsers, and the decision of notices. */
export async function openNotifier(
  { config, log, metrics, use, check }: ServiceKit<"notifier">,
  { limits, watch }: NotifierTimes = {},
  clients: NotifierClients = { ...openClients, openSockets },
): Promise<void> {
  const aws = use(clients.openAws(config, log));
  const { clock } = aws;
  const sockets = use(clients.openSockets(config, { clock, atOnce: postsAtOnce }));
  const open = connections(aws, config);
  const broadcast = use(broadcastEvents({ connections: open, sockets, metrics, clock, log }));
  const throttle = throttleOrders({ broadcast: broadcast.send, clock, log });
  check("connections", () => broadcast.count());
  const count = async () => metrics.record("Connections", await broadcast.count());
  use(sweep({ name: "connection count", everyMilliseconds: 60_000, work: count, clock, log }));
  use(closeEndedConnections({ connections: open, users: configTable(aws, config, { log }), sockets, clock, log }));
  const ledger = { notices: notices(aws, config), audit: audit(aws, config), clock, log };
  const decisions = use(decideNotices({ ...ledger, ...(limits && { limits }) }));
  const show = (order: WorkOrder) => throttle.offer(carriedEvent(snapshotEvent(order, instant(clock.now()))), () => {});
  const sends = use(watchSends({ orders: orderReads(aws, config), decisions, show, clock, log }, watch));
  use(receiveEvents(config, { aws, throttle, onEvent: sends.onEvent, clock, log }));
}
