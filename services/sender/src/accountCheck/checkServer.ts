import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { sizeLimitBytes } from "@email-agent/shared/domain/template/contentLimits.ts";
import type { AccountAccess } from "../smtp/credentials.ts";
import { needsSmtpUtf8, wireAddress } from "../smtp/mime.ts";
import { isSession, openSmtpSession, type SmtpSession } from "../smtp/smtpSession.ts";
import { type CheckLineId, fail, pass, unchecked, warn } from "./checkLine.ts";
import { type Inspection, inspectServer } from "./inspectServer.ts";
import { certificateLine, encryptionLine } from "./tlsLines.ts";

export interface ServerToCheck {
  readonly account: Account;
  readonly access: AccountAccess;
  /** The address in MAIL FROM. */
  readonly envelopeFrom: string;
  /** How long each connection may take. */
  readonly milliseconds: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string | undefined;
  /** Why no connection is opened: a clause. */
  readonly unconnected?: string | undefined;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** What the later lines need to know of the server. */
export interface ServerFound {
  readonly addresses: readonly string[];
}

const serverLines: readonly CheckLineId[] = [
  "connection",
  "greeting",
  "encryption",
  "certificate",
  "sign-in",
  "size",
  "mail-from",
];

/** The lines about the mail server, from its name to MAIL FROM. What cannot be reached any more is unchecked. */
export async function* checkServer(of: ServerToCheck): AsyncGenerator<AccountLine, ServerFound> {
  const { host } = of.access;
  const addresses = await addressesOf(host);
  if (addresses.length === 0) {
    yield fail("host", `${host} cannot be resolved.`, "Correct the host of the account, or its entry in DNS.");
    yield* unreached(serverLines, "the host name is not known");
    return { addresses };
  }
  const where = isIP(host) ? "is an address" : `resolves to ${addresses.join(", ")}`;
  yield pass("host", `${host} ${where}${isPrivateHost(host) ? ", in a private network" : ""}.`);
  if (of.unconnected === undefined) yield* checkConnections(of);
  else yield* unreached(serverLines, of.unconnected);
  return { addresses };
}

async function* checkConnections(of: ServerToCheck): AsyncGenerator<AccountLine, void> {
  const { access, milliseconds, trustedCertificates, now } = of;
  const seen = await inspectServer(access, milliseconds, trustedCertificates);
  const connection = connectionLine(access, seen);
  yield connection;
  if (connection.verdict === "fail") return yield* unreached(serverLines.slice(1), "there is no connection");
  const greeting = greetingLine(seen);
  yield greeting;
  const encryption = encryptionLine(access, seen);
  yield encryption;
  const certificate = certificateLine(access, seen, now);
  yield certificate;
  const stopped = [greeting, encryption, certificate].find(({ verdict }) => verdict === "fail");
  if (stopped)
    return yield* unreached(
      ["sign-in", "size", "mail-from"],
      `of the line ${stopped.title}: no password is sent there`,
    );
  yield* checkSession(of, seen);
}

/** Signs in as a Send does, and tries the envelope sender. */
async function* checkSession(of: ServerToCheck, seen: Inspection): AsyncGenerator<AccountLine, void> {
  const { access, milliseconds, trustedCertificates, signal } = of;
  const times = {
    connectMilliseconds: milliseconds,
    greetingMilliseconds: milliseconds,
    commandMilliseconds: milliseconds,
  };
  const more = { dotMilliseconds: milliseconds, confirmMilliseconds: milliseconds, quitMilliseconds: 2000 };
  const opened = await openSmtpSession(access, { ...times, ...more }, trustedCertificates, signal);
  if (!isSession(opened)) {
    const said = saidBy(of, opened);
    yield opened.phase === "auth"
      ? fail("sign-in", `The server refuses the user ${access.username}: ${said}`, signInRepair)
      : fail(
          "sign-in",
          `The connection failed before the sign-in: ${said}`,
          "Try again; if it stays, ask the provider.",
        );
    return yield* unreached(["size", "mail-from"], "there was no sign-in");
  }
  yield signInLine(access, seen);
  yield sizeLine(seen);
  yield await mailFromLine(of, opened);
  await opened.quit();
}

const signInRepair =
  "Enter the user and the password that the provider gives for SMTP; many providers want an app password in the place of the ordinary one.";

function connectionLine({ host, port }: AccountAccess, { address, failure }: Inspection): AccountLine {
  if (address !== undefined) return pass("connection", `Port ${port} of ${host} is open (${address}).`);
  if (failure?.failure === "tls") return pass("connection", `Port ${port} of ${host} is open.`);
  const words = failure?.failure === "timeout" ? "does not respond" : "refuses the connection";
  return fail(
    "connection",
    `${host} ${words} on port ${port}.`,
    "Correct the host and port, and let the senders' network reach it: providers want 587 (starttls) or 465 (tls), and AWS blocks 25.",
  );
}

function greetingLine({ greeting, ehlo, failure }: Inspection): AccountLine {
  if (greeting !== undefined && /^220[ -]/.test(greeting)) {
    if (ehlo !== undefined || failure === undefined) return pass("greeting", `The server says "${short(greeting)}".`);
    // TLS that fails has lines of its own.
    if (failure.phase !== "ehlo") return pass("greeting", `The server says "${short(greeting)}".`);
  }
  const said = failure?.response ?? greeting;
  if (failure?.phase === "connect" && said === undefined)
    return unchecked("greeting", "The encrypted connection could not be set up, so the server said nothing.");
  return fail(
    "greeting",
    said === undefined
      ? "The server is silent after the connection."
      : `The server does not take us: "${short(said)}".`,
    "Check that host and port are those of a mail server, with the security it wants (587 starttls, 465 tls), and ask the provider whether our address is blocked.",
  );
}

function signInLine({ host, username }: AccountAccess, { ehlo = "" }: Inspection): AccountLine {
  if (username === undefined)
    return isPrivateHost(host)
      ? pass("sign-in", `${host} is in a private network and needs none.`)
      : fail("sign-in", "The account has no user and password.", "Enter those of the provider.");
  if (!/^250[ -]AUTH\b/im.test(ehlo))
    return warn(
      "sign-in",
      "The server offers no sign-in, so the user and password are not used.",
      "Remove them if that is meant.",
    );
  return pass("sign-in", `The server accepts the user ${username}.`);
}

/** HTML and text part, each up to three times as large in quoted-printable. */
const largestMailBytes = 2 * 3 * sizeLimitBytes;
/** What an ordinary newsletter takes. */
const ordinaryMailBytes = 200 * 1024;

function sizeLine({ ehlo = "" }: Inspection): AccountLine {
  const [, limit] = /^250[ -]SIZE(?:\s+(\d+))?/im.exec(ehlo) ?? [];
  const bytes = Number(limit ?? 0);
  if (bytes === 0) return pass("size", "The server names no limit for the size of a mail.");
  const words = `The server takes mails of ${megabytes(bytes)}; the largest of ours may have ${megabytes(largestMailBytes)}`;
  if (bytes >= largestMailBytes) return pass("size", `${words}.`);
  const repair = "Ask the provider to raise the limit, or keep the contents small.";
  return (bytes < ordinaryMailBytes ? fail : warn)("size", `${words}.`, repair);
}

async function mailFromLine(of: ServerToCheck, session: SmtpSession): Promise<AccountLine> {
  const { envelopeFrom } = of;
  const attempt = await session.tryMailFrom(wireAddress(envelopeFrom), needsSmtpUtf8(envelopeFrom));
  if (attempt.code !== undefined && attempt.code < 300)
    return pass("mail-from", `The server accepts ${envelopeFrom} as sender.`);
  return fail(
    "mail-from",
    `The server refuses ${envelopeFrom} as sender: ${saidBy(of, attempt)}`,
    "Verify the address or its domain at the provider, or enter one that this user may send with.",
  );
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    // The line says that there is none; the system's code says no more.
    return [];
  }
}

function* unreached(ids: readonly CheckLineId[], because: string): Generator<AccountLine> {
  for (const id of ids) yield unchecked(id, `Not reached, because ${because}.`);
}

/** In words, with the reply. */
function saidBy({ account }: ServerToCheck, attempt: SmtpAttempt): string {
  const { reason } = smtpVerdict(attempt, account);
  return reason.endsWith(".") ? reason : `${reason}.`;
}

function short(reply: string): string {
  return reply.replace(/\s+/g, " ").trim().slice(0, 160);
}

function megabytes(bytes: number): string {
  if (bytes < 1024 * 1024) return counted(Math.floor(bytes / 1024), "KB", "KB");
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "")} MB`;
}
