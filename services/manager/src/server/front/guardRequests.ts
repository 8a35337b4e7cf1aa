import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { requestGroup } from "@email-agent/shared/kit/requestRates.ts";
import { bodyLimitBytes, jsonLimitBytes } from "../http/bodyLimits.ts";
import type { PolicyConfig } from "../http/securityHeaders.ts";
import { type SessionConfig, sessions } from "../signIn/session.ts";
import { allowedMethods } from "./allowedMethods.ts";
import { clientAddress } from "./clientAddress.ts";
import { methodRefusal } from "./parserErrors.ts";
import { requestTarget } from "./requestTarget.ts";
import { type Refusal, sendAlive, sendRefusal } from "./sendRefusal.ts";
import { laneOf, visitorLanes } from "./visitorLanes.ts";
import { visitorRates } from "./visitorRates.ts";

/** Passes a request on to `next`, or responds itself. If it rejects, that is an error of ours. */
export type Guard = (
  request: IncomingMessage,
  response: ServerResponse & { req: IncomingMessage },
  next: RequestListener,
) => Promise<void>;

export interface GuardOptions {
  readonly config: PolicyConfig & SessionConfig & { readonly TRUSTED_PROXIES: number };
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Pick<Log, "warn">;
  readonly metrics: Pick<Metrics, "count">;
}

const maxBuckets = 50_000;
const reportMilliseconds = 60_000;

/**
 * The guard in front of Next.js, which spends some milliseconds on every request, served or refused. Refuses
 * addresses, methods and bodies that no route accepts; limits the rate of a client without a session (token bucket), and how many such
 * requests are served at a time (semaphore). Counts responses of Next.js with 5xx as `ServerErrors`; its own 503, for too many
 * visitors at once, is none.
 */
export function guardRequests({ config, clock, log, metrics }: GuardOptions): Guard {
  const session = sessions(config, clock);
  const buckets = visitorRates(maxBuckets, clock.monotonic);
  const lanes = visitorLanes();
  const report = reportRefusals(log, clock);
  /** Next.js has responded once. From then on health checks cost nothing and wait behind nothing. */
  let isAlive = false;

  const isSignedIn = async ({ headers }: IncomingMessage) => {
    const { state } = await session.of({ get: (name) => (name === "cookie" ? (headers.cookie ?? null) : null) });
    return state === "open";
  };
  /** Why a request without a session is refused for now; undefined if nothing is. */
  const tooOften = (request: IncomingMessage, path: string): Refusal | undefined => {
    const client = clientAddress(request, config.TRUSTED_PROXIES);
    if (client === undefined) return undefined;
    const waitSeconds = buckets.take(requestGroup(request.method ?? "", path), client);
    if (waitSeconds === 0) return undefined;
    const message = `Too many requests came from your address. Try again in ${waitSeconds} s.`;
    return { status: 429, code: "too-many-requests", message, headers: { "retry-after": String(waitSeconds) } };
  };

  return async (request, response, nextListener) => {
    const next = () => {
      response.once("finish", () => {
        if (response.statusCode >= 500) metrics.count("ServerErrors", 1);
      });
      nextListener(request, response);
    };
    const target = requestTarget(request.url ?? "");
    const path = "path" in target ? target.path : "/";
    const refuse = (refusal: Refusal) => sendRefusal(response, path, refusal, config);
    if ("problem" in target) return refuse({ status: target.status, code: "invalid-input", message: target.problem });
    const wrong = wrongRequest(request, path);
    if (wrong) return refuse(wrong);
    if (path === "/healthz" && isAlive) return sendAlive(response, config);
    if (path === "/healthz") response.once("finish", () => (isAlive ||= response.statusCode === 200));
    if (await isSignedIn(request)) return next();
    const refusal = tooOften(request, path);
    if (refusal) {
      report(429);
      return refuse(refusal);
    }
    try {
      await lanes.run(laneOf(request.method ?? "", path), response, next);
    } catch (error) {
      if (response.destroyed) return;
      if (!(error instanceof AppError && error.code === "busy")) throw error;
      report(503);
      const headers = { "retry-after": String(error.details["retryAfterSeconds"]) };
      return refuse({ status: 503, code: error.code, message: error.message, headers });
    }
  };
}

function wrongRequest({ method = "", headers }: IncomingMessage, path: string): Refusal | undefined {
  if (!allowedMethods(path).includes(method)) {
    const { allow, sentence } = methodRefusal(method, path);
    return { status: 405, code: "method-not-allowed", message: sentence, headers: { allow } };
  }
  const limit = bodyLimitBytes(path);
  if (Number(headers["content-length"] ?? 0) <= limit) return undefined;
  const size = limit === jsonLimitBytes ? "a megabyte" : `${limit / 1024 / 1024} MB`;
  return {
    status: 413,
    code: "too-large",
    message: `The request is larger than ${size}. Shorten it, then try again.`,
  };
}

/** Logs how many requests were refused, once a minute at most: an attack must not fill the log. */
function reportRefusals(log: Pick<Log, "warn">, clock: Pick<Clock, "monotonic">): (status: 429 | 503) => void {
  const refused = { 429: 0, 503: 0 };
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (status) => {
    refused[status] += 1;
    if (clock.monotonic() - reportedAt < reportMilliseconds) return;
    reportedAt = clock.monotonic();
    log.warn({ tooManyRequests: refused[429], busy: refused[503] }, "requests without a session were refused");
    refused[429] = refused[503] = 0;
  };
}
