export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** 0 removes it. */
  readonly maxAgeSeconds: number;
}

/**
 * A `Set-Cookie` line: httpOnly, SameSite=Lax (the way back from the issuer is a link from another site), for this host
 * only, and Secure where the manager is reached by https.
 */
export function setCookie({ name, value, maxAgeSeconds }: Cookie, managerUrl: string): string {
  const secure = isHttps(managerUrl) ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/**
 * The name under which a cookie travels. `__Host-` makes browsers refuse it from other hosts and without TLS (RFC 6265bis,
 * 4.1.3). Without TLS, on loopback, all ports share their cookies: the port in the name keeps two managers apart.
 */
export function cookieName(name: string, managerUrl: string): string {
  if (isHttps(managerUrl)) return `__Host-${name}`;
  const { port } = new URL(managerUrl);
  return port ? `${name}-${port}` : name;
}

/** The values of one name, in the order of the request; several are possible. */
export function cookieValues(headers: Pick<Headers, "get">, name: string): string[] {
  return pairsOf(headers)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** The names that begin with `prefix`, in the order of the request: the oldest first (RFC 6265, 5.4). */
export function cookieNames(headers: Pick<Headers, "get">, prefix: string): string[] {
  return pairsOf(headers)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(0, pair.indexOf("=")));
}

function pairsOf(headers: Pick<Headers, "get">): string[] {
  return (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
}

function isHttps(address: string): boolean {
  return new URL(address).protocol === "https:";
}
