import { isIP } from "node:net";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { hostOf } from "./adapters/linkRoutes.ts";
import { isPublicAddress } from "./adapters/publicAddress.ts";

/**
 * The hosts that a local stack serves itself, host → `address:port`; empty in production. They open private
 * addresses to the link checker, so they apply only where AWS is a local stand-in too.
 *
 * @throws AppError `configuration` if LINK_CHECK_HOSTS is set and AWS_ENDPOINT_URL is not loopback or private.
 */
export function linkStandIns(config: {
  readonly LINK_CHECK_HOSTS: string;
  readonly AWS_ENDPOINT_URL: string;
}): Map<string, string> {
  const pairs = config.LINK_CHECK_HOSTS.split(",").filter((pair) => pair !== "");
  if (pairs.length > 0 && !isLocal(config.AWS_ENDPOINT_URL))
    throw new AppError(
      "configuration",
      "LINK_CHECK_HOSTS is for a local stack only: remove it, or let AWS_ENDPOINT_URL point to a loopback or private address.",
    );
  return new Map(
    pairs.map((pair) => pair.split("=") as [string, string]).map(([host, to]) => [host.toLowerCase(), to]),
  );
}

/** A literal private address, `localhost`, or a name without a dot, as the containers of one network have. */
function isLocal(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  if (url === null) return false;
  const host = hostOf(url);
  return isIP(host) === 0 ? !host.includes(".") : !isPublicAddress(host);
}
