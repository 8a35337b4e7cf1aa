import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import PostalMime from "postal-mime";
import { z } from "zod";
import { listPage, mailPage } from "./inboxPage.ts";
import { counts, duplicates, listed, type MailFilter, matching } from "./mailQueries.ts";
import type { MailStore } from "./mailStore.ts";
import { isReturnKind, returnEvent, returns, type SendEvent } from "./returnMail.ts";
import type { SmtpSessions } from "./smtpListener.ts";
import type { SmtpScripts } from "./smtpScripts.ts";

export interface InboxParts {
  readonly store: MailStore;
  readonly scripts: SmtpScripts;
  sessions(): SmtpSessions;
  /** Absent as long as the inbox does not know where events of SES go. */
  sendEvent(): SendEvent | undefined;
}

interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer | object;
}

const pageSize = 50;
const nothingHere: Reply = { status: 404, body: { error: "There is nothing here." } };
// No script of a mail runs, and nothing of it can reach the inbox or what it links to without a click.
const mailPolicy = {
  "content-security-policy":
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'",
  "referrer-policy": "no-referrer",
};

/** The inbox over HTTP: pages for people at `/`, JSON for tests at `/api`. The list of addresses: README.md. */
export async function serveInbox(parts: InboxParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://inbox");
  const method = request.method ?? "GET";
  const body = await text(request).catch(() => "");
  const { status = 200, type, headers, body: content } = await reply(parts, method, url, body);
  const raw = typeof content === "string" || Buffer.isBuffer(content);
  response.writeHead(status, {
    "content-type": type ?? (raw ? "text/html; charset=utf-8" : "application/json"),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(raw ? content : JSON.stringify(content));
}

async function reply(parts: InboxParts, method: string, url: URL, body: string): Promise<Reply> {
  const [area = "", ...path] = url.pathname.slice(1).split("/");
  if (area === "api") return api(parts, `${method} ${path[0] ?? ""}`, path.slice(1), url.searchParams, body);
  if (method !== "GET") return nothingHere;
  if (area === "") {
    const q = url.searchParams.get("q") ?? "";
    return { body: listPage(list(parts.store, url.searchParams), q, parts.store.mails.at(-1)?.id ?? 0) };
  }
  return area === "messages" ? message(parts, path, false) : nothingHere;
}

async function api(
  parts: InboxParts,
  call: string,
  path: readonly string[],
  query: URLSearchParams,
  body: string,
): Promise<Reply> {
  const { store, scripts, sessions } = parts;
  switch (call) {
    case "GET messages":
      return path.length > 0 ? message(parts, path, true) : { body: list(store, query) };
    case "POST messages":
      return path[1] === "return" ? returnMail(parts, Number(path[0]), query.get("kind")) : nothingHere;
    case "DELETE messages":
      store.clear();
      return { body: { total: 0 } };
    case "GET counts":
      return { body: { total: store.mails.length, mailings: counts(store, filterOf(query)) } };
    case "GET duplicates":
      return { body: { duplicates: duplicates(store, filterOf(query)) } };
    case "GET sessions":
      return { body: sessions() };
    case "GET scripts":
      return { body: { scripts: scripts.reports() } };
    case "DELETE scripts":
      scripts.clear();
      return { body: { scripts: [] } };
    case "POST scripts":
      return addScripts(scripts, body);
    default:
      return nothingHere;
  }
}

/** One script or a list of them. */
function addScripts(scripts: SmtpScripts, body: string): Reply {
  try {
    const given = JSON.parse(body);
    for (const script of Array.isArray(given) ? given : [given]) scripts.add(script);
    return { status: 201, body: { scripts: scripts.reports() } };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { status: 400, body: { error: why } };
  }
}

function list(store: MailStore, query: URLSearchParams) {
  const found = matching(store, filterOf(query));
  const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(Number(query.get("limit") ?? pageSize), 10_000);
  const rest = found.filter(({ id }) => id < before);
  const messages = rest.slice(Math.max(0, rest.length - limit)).reverse();
  const older = rest.length > messages.length ? messages.at(-1)?.id : undefined;
  return { total: found.length, messages: messages.map(listed), older };
}

function filterOf(query: URLSearchParams): MailFilter {
  const names = ["to", "q", "mailing", "run", "messageId"] as const;
  const given = names.map((name) => [name, query.get(name)] as const).filter(([, value]) => value);
  const test = query.get("test");
  return { ...Object.fromEntries(given), ...(test !== null && { test: test === "true" }) };
}

/** Lets a mail come back, as an event of SES says it. */
async function returnMail({ store, sendEvent }: InboxParts, id: number, kind: string | null): Promise<Reply> {
  const [mail, send] = [store.mail(id), sendEvent()];
  if (!mail || !send) return nothingHere;
  if (!isReturnKind(kind)) return { status: 400, body: { error: `kind is one of ${Object.keys(returns).join(", ")}` } };
  await send(returnEvent(listed(mail), await PostalMime.parse(store.raw(mail)), kind));
  return { status: 202, body: { id, kind } };
}

async function message({ store, sendEvent }: InboxParts, path: readonly string[], asJson: boolean): Promise<Reply> {
  const mail = store.mail(Number(path[0]));
  if (!mail) return nothingHere;
  const raw = store.raw(mail);
  if (path[1] === "source") return { type: "text/plain; charset=utf-8", body: raw };
  const parsed = await PostalMime.parse(raw);
  if (path[1] === "html" && !asJson) return { headers: mailPolicy, body: parsed.html ?? "" };
  if (path.length > 1) return nothingHere;
  if (!asJson) return { body: mailPage(listed(mail), parsed, sendEvent() !== undefined) };
  const attachments = parsed.attachments.map(({ filename, mimeType }) => ({ filename, mimeType }));
  const { headers, html, text: plain } = parsed;
  return { body: { ...listed(mail), headers, html, text: plain, attachments } };
}
