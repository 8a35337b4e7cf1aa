import type { AccountRequest } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import { type RequestConfig, type RequestPorts, workOnRequest } from "./workOnRequest.ts";

/** A request waits this long on average twice over before a sender sees it. */
const pollMilliseconds = 2000;

/** What is done at a time: the state is read in milliseconds and does not wait for a check. */
type Lane = "state" | "mail";

/**
 * Takes what the Email Manager asks of accounts: looks into the table every two seconds, and works on one check or trial mail
 * and one question for the state at a time. Disposing ends a check, which another sender takes over, and waits for a mail.
 */
export function takeAccountRequests(
  ports: RequestPorts,
  config: RequestConfig,
  shutdown: AbortSignal,
): AsyncDisposable {
  const { accountRequests, clock, log } = ports;
  const stop = new AbortController();
  const stopping = AbortSignal.any([shutdown, stop.signal]);
  const lanes = new Map<Lane, Promise<void>>();

  const work = (request: AccountRequest) => {
    const lane = request.kind === "state" ? "state" : "mail";
    if (lanes.has(lane)) return;
    const working = workOnRequest(ports, config, request, stopping)
      .catch((error) => {
        const level = isTransient(error) ? "warn" : "error";
        log[level]({ error, request: request.sk, kind: request.kind }, "a request for an account failed");
      })
      .finally(() => lanes.delete(lane));
    lanes.set(lane, working);
  };
  const look = async () => {
    try {
      for (const request of await accountRequests.open(clock.now())) work(request);
    } catch (error) {
      log.warn({ error }, "requests for accounts could not be read; trying again");
    }
  };
  const looking = (async () => {
    while (!stopping.aborted) {
      await look();
      await clock.sleep(pollMilliseconds, stopping).catch(() => undefined);
    }
  })();

  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
      await Promise.all(lanes.values());
    },
  };
}
