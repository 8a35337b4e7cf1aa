import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { type GuardedServerOptions, startGuardedServer } from "./guardedServer.ts";
import { mailchimpPage } from "./mailchimp/page.ts";
import type { AudienceSeed, Campaign, MailchimpState, TemplateSeed } from "./mailchimp/resources.ts";
import { type CallName, callOf, type MailchimpReply, notFound, problem, respond } from "./mailchimp/respond.ts";
import { type ActiveMailchimpScript, type MailchimpScript, scriptList } from "./mailchimp/scripts.ts";

export type { AudienceSeed, TemplateSeed } from "./mailchimp/resources.ts";

export interface MailchimpOptions extends GuardedServerOptions {
  /** Every call must carry it (basic authentication, any user name). Default `local-us1`. */
  readonly apiKey?: string;
  readonly audiences?: readonly AudienceSeed[];
  readonly templates?: readonly TemplateSeed[];
  /** Free accounts get a badge below every mail. Default true. */
  readonly badge?: boolean;
}

/** A call that came in. */
interface MailchimpRequest {
  readonly call: CallName | "unknown";
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  /** Absent until the response, and permanently if the call was cut or left hanging. */
  status?: number;
}

export interface Mailchimp extends AsyncDisposable {
  /** The base of the API, `/3.0` included: `MAILCHIMP_BASE_URL` and the client's `basePath`. */
  readonly url: string;
  /** A page that shows audiences, templates and the campaigns left behind. */
  readonly pageUrl: string;
  readonly apiKey: string;
  /** Unsent campaigns: all there are. */
  campaigns(): Campaign[];
  /** Adds a campaign that was left behind. */
  addCampaign(campaign: { title: string; createdAt: Date }): Campaign;
  /** Replaces the template of that name, or adds it. */
  putTemplate(template: TemplateSeed): void;
  putAudience(audience: AudienceSeed): void;
  script(script: MailchimpScript): void;
  clearScripts(): void;
  readonly requests: readonly MailchimpRequest[];
  /** The largest number of calls that were under way at the same time. */
  mostAtOnce(): number;
}

interface StandIn {
  readonly state: MailchimpState;
  readonly apiKey: string;
  readonly scripts: ReturnType<typeof scriptList>;
  readonly requests: MailchimpRequest[];
  readonly load: { now: number; most: number };
}

// Mailchimp refuses more than ten connections of one account at a time.
const simultaneousLimit = 10;

/** Mailchimp's Marketing API as far as Prepare uses it, on 127.0.0.1. What differs: README.md in this folder. */
export async function startMailchimp(options: MailchimpOptions = {}): Promise<Mailchimp> {
  const state: MailchimpState = { audiences: [], templates: [], campaigns: new Map(), badge: options.badge ?? true };
  const apiKey = options.apiKey ?? "local-us1";
  const standIn: StandIn = { state, apiKey, scripts: scriptList(), requests: [], load: { now: 0, most: 0 } };
  const server = await startGuardedServer(options, (request, response) => {
    serve(standIn, request, response).catch((error) => response.destroy(error));
  });
  const mailchimp: Mailchimp = {
    url: `${server.url}/3.0`,
    pageUrl: `${server.url}/`,
    apiKey,
    campaigns: () => [...state.campaigns.values()],
    addCampaign({ title, createdAt }) {
      const id = randomBytes(5).toString("hex");
      const campaign = { id, title, createdAt, subject: "", fromName: "", replyTo: "", listId: "", templateId: 0 };
      state.campaigns.set(id, campaign);
      return campaign;
    },
    putTemplate(seed) {
      const at = state.templates.findIndex((template) => template.seed.name === seed.name);
      if (at === -1) state.templates.push({ id: 10_000_000 + state.templates.length, seed });
      else state.templates[at] = { id: 10_000_000 + at, seed };
    },
    putAudience: (seed) => void state.audiences.push({ id: randomBytes(5).toString("hex"), seed }),
    script: standIn.scripts.add,
    clearScripts: standIn.scripts.clear,
    requests: standIn.requests,
    mostAtOnce: () => standIn.load.most,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  for (const audience of options.audiences ?? []) mailchimp.putAudience(audience);
  // Several templates of one name are possible in Mailchimp, so seeds are not merged.
  for (const seed of options.templates ?? []) state.templates.push({ id: 10_000_000 + state.templates.length, seed });
  return mailchimp;
}

async function serve(standIn: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mailchimp");
  const method = request.method ?? "GET";
  const body = await text(request).catch(() => "");
  if (!url.pathname.startsWith("/3.0/")) return serveAside(standIn, method, url.pathname, body, response);
  const known = callOf(method, url.pathname);
  const entry: MailchimpRequest = { call: known?.call ?? "unknown", at: new Date(), method, path: url.pathname };
  standIn.requests.push(entry);
  standIn.load.now += 1;
  standIn.load.most = Math.max(standIn.load.most, standIn.load.now);
  response.once("close", () => {
    standIn.load.now -= 1;
  });
  const given = refusal(standIn, request);
  if (given || !known) return send(response, entry, given ?? notFound());
  const script = standIn.scripts.take(known.call);
  if (script?.delayMilliseconds) await pause(script.delayMilliseconds);
  const real = () => respond(known, url.searchParams, jsonOf(body), standIn.state);
  if (!script || plain(script)) return send(response, entry, real());
  if (script.afterEffect) real();
  injectFault(script, response, entry);
}

/** A call without a key, or one too many at a time, is refused first. */
function refusal({ apiKey, load }: StandIn, request: IncomingMessage): MailchimpReply | undefined {
  const [scheme, credentials = ""] = (request.headers.authorization ?? "").split(" ");
  if (!scheme) return problem(401, "API Key Missing", "Your request did not include an API key.");
  const password = Buffer.from(credentials, "base64").toString().split(":").slice(1).join(":");
  if (scheme !== "Basic" || password !== apiKey) {
    const detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter.";
    return problem(401, "API Key Invalid", detail);
  }
  if (load.now <= simultaneousLimit) return undefined;
  return problem(
    429,
    "Too Many Requests",
    `You have exceeded the limit of ${simultaneousLimit} simultaneous connections.`,
  );
}

/** A script that only delays. */
function plain({ status, hang, reset, body }: ActiveMailchimpScript): boolean {
  return status === undefined && !hang && !reset && body === undefined;
}

function injectFault(script: ActiveMailchimpScript, response: ServerResponse, entry: MailchimpRequest): void {
  if (script.hang) return;
  if (script.reset) {
    response.socket?.resetAndDestroy();
    return;
  }
  const status = script.status ?? 200;
  if (script.retryAfterSeconds !== undefined) response.setHeader("retry-after", String(script.retryAfterSeconds));
  if (script.html) {
    entry.status = status;
    response.writeHead(status, { "content-type": "text/html" }).end("<html><body>Access Denied</body></html>");
  } else if (script.body !== undefined) send(response, entry, { status, body: script.body as object });
  else send(response, entry, problem(status, status === 429 ? "Too Many Requests" : "Scripted", "As the script says."));
}

function send(response: ServerResponse, entry: MailchimpRequest, { status, body }: MailchimpReply): void {
  entry.status = status;
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": `${type}; charset=utf-8` });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** The page, and control for tests in other processes: `POST`/`DELETE /control/scripts`, `GET /control/requests`. */
function serveAside(standIn: StandIn, method: string, path: string, body: string, response: ServerResponse): void {
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (method === "GET" && path === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(mailchimpPage(standIn.state));
  } else if (method === "GET" && path === "/control/requests") json(200, standIn.requests);
  else if (method === "GET" && path === "/control/campaigns") json(200, [...standIn.state.campaigns.values()]);
  else if (method === "DELETE" && path === "/control/scripts") json(200, standIn.scripts.clear() ?? {});
  else if (method === "POST" && path === "/control/scripts") {
    try {
      standIn.scripts.add(JSON.parse(body));
      json(201, {});
    } catch (error) {
      json(400, { error: String(error) });
    }
  } else json(404, { error: "There is /, /3.0 and /control." });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Mailchimp judges a body that is no JSON as an empty one.
    return undefined;
  }
}
