import { openAws } from "./aws.ts";
import { openBlockingRedis, openRedis } from "./redis.ts";

/** How a process opens its clients of AWS and Redis: all that it reads, writes and sends, but for mail and WebSockets. */
export interface OpenClients {
  readonly openAws: typeof openAws;
  readonly openRedis: typeof openRedis;
  readonly openBlockingRedis: typeof openBlockingRedis;
}

export const openClients: OpenClients = { openAws, openRedis, openBlockingRedis };
