import type { Clock } from "@email-agent/shared/kit/clock.ts";
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  type CustomFetch,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from "openid-client";

const freshMilliseconds = 3_600_000;
const retryMilliseconds = 500;
const timeoutSeconds = 5;
/** How far our clock and the issuer's may be apart when the times of a token are judged. */
const clockToleranceSeconds = 10;

interface IssuerConfig {
  readonly OIDC_ISSUER: string;
  readonly OIDC_INTERNAL_URL: string;
  readonly OIDC_CLIENT_ID: string;
  readonly OIDC_CLIENT_SECRET: string;
}

/**
 * Metadata of the issuer (OpenID Connect Discovery 1.0), read at first use, tried twice, and again after an hour; if that
 * fails the old metadata stays in use. Rejects with what openid-client throws if there is none yet.
 */
export function oidcIssuer(config: IssuerConfig, clock: Pick<Clock, "now" | "sleep">): () => Promise<Configuration> {
  let known: { readonly issuer: Promise<Configuration>; readonly askedAt: number } | undefined;
  return () => {
    if (known && clock.now() - known.askedAt < freshMilliseconds) return known.issuer;
    const before = known?.issuer;
    const asked = { issuer: twice(() => discover(config, clock), clock), askedAt: clock.now() };
    known = asked;
    // A failure is not cached for an hour.
    asked.issuer.catch(() => {
      if (known === asked) known = undefined;
    });
    return before ? asked.issuer.catch(() => before) : asked.issuer;
  };
}

async function twice<Value>(work: () => Promise<Value>, clock: Pick<Clock, "sleep">): Promise<Value> {
  try {
    return await work();
  } catch {
    await clock.sleep(retryMilliseconds);
    return work();
  }
}

function discover(config: IssuerConfig, clock: Pick<Clock, "now">): Promise<Configuration> {
  const { OIDC_ISSUER, OIDC_INTERNAL_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = config;
  const issuer = new URL(OIDC_ISSUER);
  // The variables let http through for loopback and private hosts only.
  const execute = [enableNonRepudiationChecks, ...(issuer.protocol === "http:" ? [allowInsecureRequests] : [])];
  // The library reads the clock of this host, which may be off.
  const skewSeconds = Math.round((clock.now() - Date.now()) / 1000);
  const client = { [clockTolerance]: clockToleranceSeconds, [clockSkew]: skewSeconds };
  const options = {
    execute,
    timeout: timeoutSeconds,
    ...(OIDC_INTERNAL_URL && { [customFetch]: fetchInside(issuer, new URL(OIDC_INTERNAL_URL)) }),
  };
  return discovery(issuer, OIDC_CLIENT_ID, client, clientAuth(OIDC_CLIENT_SECRET), options);
}

/**
 * Sends requests for the issuer's public address to its inner one. Nothing else changes: its responses and tokens carry the
 * public address, and that is what is verified.
 */
function fetchInside(issuer: URL, inner: URL): CustomFetch {
  return (address, options) => {
    const target = new URL(address);
    if (target.origin === issuer.origin) {
      target.protocol = inner.protocol;
      target.host = inner.host;
    }
    return fetch(target, options as RequestInit);
  };
}

/** The authentication method that the issuer names; basic if it names none (OpenID Connect Discovery 1.0, section 3). */
function clientAuth(secret: string): ClientAuth {
  const basic = ClientSecretBasic(secret);
  const post = ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = ways.includes("client_secret_basic") ? basic : post;
    way(server, client, body, headers);
  };
}
