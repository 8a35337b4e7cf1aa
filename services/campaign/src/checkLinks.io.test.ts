import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:tls";
import { linksToCheck } from "@email-agent/shared/domain/content/linksToCheck.ts";
import type { MailSettings } from "@email-agent/shared/domain/template/mail.ts";
import { anEvent, someSettings } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { startWebsite } from "../../../infra/local/website.ts";
import { type LinkLimits, linkFetcher } from "./adapters/linkFetcher.ts";
import { publicRoutes, type ResolveName, standInRoutes } from "./adapters/linkRoutes.ts";
import { checkLinks } from "./checkLinks.ts";

const names: Record<string, string[]> = {
  "intranet.example.org": ["10.1.2.3"],
  "public.example.org": ["93.184.215.14"],
  "half.example.org": ["93.184.215.14", "169.254.169.254"],
  "mapped.example.org": ["::ffff:127.0.0.1"],
};

const resolve: ResolveName = async (host) => {
  if (host === "127.0.0.1") return [host];
  const addresses = names[host];
  if (addresses) return addresses;
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
};

/** The site is the stand-in for the given hosts; everything else takes the production routes. */
function fetcherOf(siteAddress: string, hosts: string[], limits?: LinkLimits) {
  return linkFetcher(
    standInRoutes(new Map(hosts.map((host) => [host, siteAddress])), resolve, publicRoutes(resolve)),
    limits,
  );
}

function linksOf(...urls: string[]) {
  return urls.map((url, index) => ({ language: "EN", url, line: index + 1, column: 7 }));
}

const never = new AbortController().signal;
const { linkCheck: settings } = someSettings();

const mailSettings: MailSettings = {
  event: anEvent(),
  subEvent: "weekend",
  prompts: [],
  settings: someSettings(),
  replyTo: "reply@example.org",
  configured: { unsubscribe: true, archive: true, profile: true, hash: true },
};

test("acceptance 19: each distinct link is asked once, for all languages, without recipient values", async () => {
  await using site = await startWebsite();
  const html = `<a href="https://shop.example.org/a#one">1</a> <a href="https://shop.example.org/a?pid=||pid||">2</a>
    <a href="https://shop.example.org/a?email=*%7CEMAIL%7C*#two">3</a> <a href="*|UNSUB|*">4</a>`;
  const links = ["EN", "SP"].flatMap((language) => linksToCheck({ html, language }, mailSettings));
  expect(await checkLinks(links, settings, fetcherOf(site.address, ["shop.example.org"]), never)).toEqual([]);
  expect(site.requests).toEqual(["HEAD shop.example.org/a"]);
});

test("acceptance 19: private addresses are refused, also after a redirect", async () => {
  await using site = await startWebsite();
  site.reply("/to-name", { status: 302, headers: { location: "http://intranet.example.org/admin" } });
  site.reply("/to-address", { status: 307, headers: { location: "http://169.254.169.254/latest/meta-data/" } });
  site.reply("/to-number", { status: 301, headers: { location: "http://2130706433/" } });
  const findings = await checkLinks(
    linksOf(
      "https://shop.example.org/to-name",
      "https://shop.example.org/to-address",
      "https://shop.example.org/to-number",
      "https://half.example.org/",
      "https://mapped.example.org/",
      "http://[::1]/",
      "http://127.0.0.1/",
    ),
    // Being on the list of hosts that block link checkers opens no way in.
    { deny: [], warn: ["shop.example.org", "half.example.org"] },
    fetcherOf(site.address, ["shop.example.org"]),
    never,
  );
  expect(findings.map(({ severity, line }) => [severity, line])).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((line) => ["error", line]),
  );
  for (const { text } of findings) expect(text).toContain("private or reserved address");
  expect(site.requests).toEqual([
    "HEAD shop.example.org/to-name",
    "HEAD shop.example.org/to-address",
    "HEAD shop.example.org/to-number",
  ]);
});

test("acceptance 19: a 403 that keeps robots out is only a warning; a page that is gone is an error", async () => {
  await using site = await startWebsite();
  for (const status of [401, 403, 429, 500, 503, 404, 410]) site.reply(`/${status}`, { status });
  const findings = await checkLinks(
    linksOf(...[401, 403, 429, 500, 503, 404, 410].map((status) => `https://shop.example.org/${status}`)),
    settings,
    fetcherOf(site.address, ["shop.example.org"]),
    never,
  );
  expect(findings.map(({ severity }) => severity)).toEqual([...Array(5).fill("warning"), "error", "error"]);
  expect(findings[5]).toEqual({
    language: "EN",
    rule: "Q5",
    severity: "error",
    line: 6,
    column: 7,
    text: "The link https://shop.example.org/404 leads to a page that is gone (404).",
  });
});

test.each([400, 401, 403, 404, 405, 410, 429, 500, 501, 503])(
  "acceptance 39: a page that responds to HEAD with %i and to GET with 200 is there",
  async (status) => {
    await using site = await startWebsite();
    site.reply("/page", { status }, "HEAD");
    const links = linksOf("http://shop.example.org/page");
    expect(await checkLinks(links, settings, fetcherOf(site.address, ["shop.example.org"]), never)).toEqual([]);
    expect(site.requests).toEqual(["HEAD shop.example.org/page", "GET shop.example.org/page"]);
  },
);

test("acceptance 39: a page that is gone for GET, too, is gone", async () => {
  await using site = await startWebsite();
  site.reply("/old", { status: 501 }, "HEAD");
  site.reply("/old", { status: 404 }, "GET");
  const links = linksOf("http://shop.example.org/old");
  const findings = await checkLinks(links, settings, fetcherOf(site.address, ["shop.example.org"]), never);
  expect(findings.map(({ text }) => text)).toEqual([
    "The link http://shop.example.org/old leads to a page that is gone (404).",
  ]);
});

test("a page that redirects HEAD elsewhere is requested with GET from the start", async () => {
  await using site = await startWebsite();
  site.reply("/page", { status: 302, headers: { location: "/no-robots" } }, "HEAD");
  site.reply("/no-robots", { status: 404 });
  site.reply("/circle", { status: 302, headers: { location: "/circle" } }, "HEAD");
  const links = linksOf("http://shop.example.org/page", "http://shop.example.org/circle");
  expect(await checkLinks(links, settings, fetcherOf(site.address, ["shop.example.org"]), never)).toEqual([]);
});

test("a site that keeps silent on HEAD, or cuts the connection, is asked with GET", async () => {
  await using site = await startWebsite();
  site.reply("/silent", "silent", "HEAD");
  const fetcher = fetcherOf(site.address, ["shop.example.org"], { timeoutMilliseconds: 2000, redirects: 5 });
  expect(await checkLinks(linksOf("http://shop.example.org/silent"), settings, fetcher, never)).toEqual([]);
  const cutting = createHttpServer((request, response) => {
    if (request.method === "HEAD") request.socket.destroy();
    else response.end();
  });
  await new Promise<void>((listening) => cutting.listen(0, "127.0.0.1", listening));
  const { port } = cutting.address() as { port: number };
  const cut = linkFetcher(async () => ({ addresses: ["127.0.0.1"], port, plain: true }));
  expect(await checkLinks(linksOf("http://shop.example.org/"), settings, cut, never)).toEqual([]);
  cutting.close();
});

test.each([
  "http://localhost:3000/",
  "http://LOCALHOST./",
  "http://app.localhost:8080/",
  "https://127.0.0.1:8443/",
  "http://127.1:9000/",
  "http://2130706433:9000/",
  "http://0x7f.0.0.1:9000/",
  "http://0177.0.0.01:9000/",
  "http://127.0.0.1.:9000/",
  "http://[::1]:9000/",
  "http://[::ffff:127.0.0.1]:9000/",
  "http://[::ffff:7f00:1]:9000/",
  "http://192.168.0.1:8080/",
  "http://intranet.example.org:8080/",
])("acceptance 39: %s leads to a private address, whatever the port and spelling", async (url) => {
  const findings = await checkLinks(linksOf(url), settings, linkFetcher(publicRoutes(resolve)), never);
  expect(findings).toEqual([
    expect.objectContaining({ severity: "error", text: expect.stringContaining("private or reserved address") }),
  ]);
});

test("acceptance 40: an image is checked as links are, once for all places, and a page in its place is a warning", async () => {
  await using site = await startWebsite();
  site.reply("/a.png", { status: 200, headers: { "content-type": "image/png" } });
  site.reply("/gone.png", { status: 404 });
  site.reply("/a.css", { status: 200, headers: { "content-type": "text/css" } });
  const html = `<a href="https://shop.example.org/a.png"><img src="https://shop.example.org/a.png"></a>
    <td background="https://shop.example.org/gone.png"><a href="https://shop.example.org/gone.png">x</a>
    <img src="https://shop.example.org/page"><a href="https://shop.example.org/page">y</a>
    <link rel="stylesheet" href="https://shop.example.org/a.css">`;
  const links = ["EN", "SP"].flatMap((language) => linksToCheck({ html, language }, mailSettings));
  const findings = await checkLinks(links, settings, fetcherOf(site.address, ["shop.example.org"]), never);
  expect(findings.filter(({ language }) => language === "EN").map(({ severity, text }) => [severity, text])).toEqual([
    ["error", "The image https://shop.example.org/gone.png leads to a page that is gone (404)."],
    ["error", "The link https://shop.example.org/gone.png leads to a page that is gone (404)."],
    ["warning", "The image https://shop.example.org/page leads to a page (text/html), not to a picture."],
  ]);
  expect(findings).toHaveLength(6);
  expect(site.requests.toSorted()).toEqual([
    "GET shop.example.org/gone.png",
    ...["a.css", "a.png", "gone.png", "page"].map((path) => `HEAD shop.example.org/${path}`),
  ]);
});

test("five redirects are followed, a sixth is not", async () => {
  await using site = await startWebsite();
  for (let hop = 0; hop < 6; hop++) site.reply(`/hop${hop}`, { status: 302, headers: { location: `/hop${hop + 1}` } });
  site.reply("/hop6", { status: 404 });
  const fetcher = fetcherOf(site.address, ["shop.example.org"]);
  const five = await checkLinks(linksOf("https://shop.example.org/hop1"), settings, fetcher, never);
  expect(five[0]).toMatchObject({ severity: "error", text: expect.stringContaining("404") });
  const six = await checkLinks(linksOf("https://shop.example.org/hop0"), settings, fetcher, never);
  expect(six[0]).toMatchObject({ severity: "warning", text: expect.stringContaining("redirects too often") });
});

test("other schemes and ports are not followed, denied hosts are not asked, also after a redirect", async () => {
  await using site = await startWebsite();
  site.reply("/zoom", { status: 302, headers: { location: "zoommtg://zoom.us/join" } });
  site.reply("/port", { status: 302, headers: { location: "https://public.example.org:8443/" } });
  site.reply("/denied", { status: 302, headers: { location: "https://www.slow.example.org/" } });
  const findings = await checkLinks(
    linksOf(
      "https://shop.example.org/zoom",
      "https://shop.example.org/port",
      "https://shop.example.org/denied",
      "https://slow.example.org/",
    ),
    { deny: ["slow.example.org"], warn: [] },
    fetcherOf(site.address, ["shop.example.org", "www.slow.example.org", "slow.example.org"]),
    never,
  );
  expect(findings.map(({ severity }) => severity)).toEqual(["warning", "warning", "warning", "warning"]);
  expect(findings[3]!.text).toContain("on the list of hosts not to contact");
  expect(site.requests.filter((request) => request.includes("slow"))).toEqual([]);
});

test("a name that does not exist is an error, on a host known to refuse checkers a warning", async () => {
  await using site = await startWebsite();
  site.reply("/gone", { status: 404 });
  const findings = await checkLinks(
    linksOf("https://nowhere.example.org/", "https://www.fussy.example.org/gone"),
    { deny: [], warn: ["fussy.example.org"] },
    fetcherOf(site.address, ["www.fussy.example.org"]),
    never,
  );
  expect(findings.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  expect(findings[0]!.text).toContain("a name that does not exist");
});

test("a finding shows neither an address nor the rest of an endless link", async () => {
  const urls = [
    "https://u:p@gone.example.org/@ana/ana@example.org?m=ana%40example.org&n=1",
    `https://gone.example.org/${"a".repeat(5000)}`,
  ];
  const findings = await checkLinks(linksOf(...urls), settings, linkFetcher(publicRoutes(resolve)), never);
  expect(findings[0]!.text).toContain("https://gone.example.org/@ana/…@example.org?m=…@example.org&n=1 leads to");
  expect(findings[1]!.text.length).toBeLessThan(500);
});

test("silence ends as a warning when the time is up", async () => {
  await using site = await startWebsite();
  site.reply("/silent", "silent");
  const fetcher = fetcherOf(site.address, ["shop.example.org"], { timeoutMilliseconds: 200, redirects: 5 });
  const [finding] = await checkLinks(linksOf("https://shop.example.org/silent"), settings, fetcher, never);
  expect(finding).toMatchObject({ severity: "warning", text: expect.stringContaining("did not respond in time") });
});

test("a stop ends the wait at once, with the reason of the stop", async () => {
  await using site = await startWebsite();
  site.reply("/silent", "silent");
  const stop = new AbortController();
  const work = checkLinks(
    linksOf("https://shop.example.org/silent"),
    settings,
    fetcherOf(site.address, ["shop.example.org"]),
    stop.signal,
  );
  const stopped = new Error("stopped");
  await expect.poll(() => site.requests.length).toBe(1);
  stop.abort(stopped);
  await expect(work).rejects.toBe(stopped);
});

test("the connection goes to the address that was checked, under the name of the link, and a bad certificate is an error", async () => {
  const asked: string[] = [];
  // A server without any certificate ends the handshake with an alert.
  const server = createServer({
    SNICallback: (name, done) => {
      asked.push(name);
      done(null);
    },
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  // The name has no address at all: only the checked one can have been used.
  const fetcher = linkFetcher(async () => ({ addresses: ["127.0.0.1"], port, plain: false }));
  const [finding] = await checkLinks(linksOf("https://secure.example.org/"), settings, fetcher, never);
  server.close();
  expect(asked).toEqual(["secure.example.org"]);
  expect(finding).toMatchObject({ severity: "error", text: expect.stringContaining("no valid certificate") });
});

test("a literal address never goes to the stand-in for every name", async () => {
  await using site = await startWebsite();
  const fetcher = fetcherOf(site.address, ["*"]);
  const findings = await checkLinks(linksOf("https://any.example.org/", "http://10.0.0.1/"), settings, fetcher, never);
  expect(findings.map(({ line, severity }) => [line, severity])).toEqual([[2, "error"]]);
  expect(site.requests).toEqual(["HEAD any.example.org/"]);
});
