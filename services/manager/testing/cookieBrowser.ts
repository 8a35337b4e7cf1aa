/** Where a browser ended up, redirects followed. */
export interface Landing {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface CookieBrowser {
  /** Cookie name → value, of those for all paths. All servers of one host share them, whatever their port. */
  readonly cookies: Map<string, string>;
  /** Those for one path only: `<path> <name>` → value. */
  readonly pathCookies: Map<string, string>;
  /** Follows a link, or submits a form if there are fields. `origin`: the origin of the page with the form. */
  go(address: string | URL, form?: Record<string, string>, origin?: string): Promise<Landing>;
}

/**
 * A browser without a window: keeps cookies, follows redirects and `Refresh`. `respond` handles requests to
 * `origin`, all others go over the network.
 */
export function cookieBrowser(origin: string, respond: (request: Request) => Promise<Response>): CookieBrowser {
  const cookies = new Map<string, string>();
  const pathCookies = new Map<string, string>();
  const send = async (url: URL, init: RequestInit) => {
    const headers = new Headers(init.headers);
    const fitting = [...pathCookies]
      .map(([key, value]) => [...key.split(" "), value] as [string, string, string])
      .filter(([path]) => url.pathname === path || url.pathname.startsWith(`${path}/`))
      .map(([, name, value]) => [name, value]);
    headers.set("cookie", [...fitting, ...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const request = new Request(url, { ...init, headers, redirect: "manual" });
    const response = url.origin === origin ? await respond(request) : await fetch(request);
    for (const line of response.headers.getSetCookie()) keep(line, cookies, pathCookies);
    return response;
  };
  return {
    cookies,
    pathCookies,
    async go(address, form, formOrigin = origin) {
      let url = new URL(address);
      let init: RequestInit = form
        ? { method: "POST", body: new URLSearchParams(form), headers: { origin: formOrigin } }
        : {};
      for (let hops = 0; hops < 10; hops += 1) {
        const response = await send(url, init);
        const next = response.headers.get("location") ?? response.headers.get("refresh")?.split("url=")[1];
        const { status, headers } = response;
        if (!next) return { url, status, text: await response.text(), headers };
        await response.body?.cancel();
        url = new URL(next, url);
        init = {};
      }
      throw new Error(`Too many redirects, the last to ${url}.`);
    },
  };
}

function keep(line: string, cookies: Map<string, string>, pathCookies: Map<string, string>): void {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const name = pair.slice(0, at);
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice("path=".length) ?? "/";
  const [jar, key] = path === "/" ? [cookies, name] : [pathCookies, `${path} ${name}`];
  const over = attributes.some((attribute) => /^max-age=0$|^expires=.*1970/i.test(attribute));
  if (over) jar.delete(key);
  else jar.set(key, pair.slice(at + 1));
}
