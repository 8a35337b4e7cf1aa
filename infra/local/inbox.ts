import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AllowedOrigins } from "@email-agent/shared/kit/foreignRequest.ts";
import PostalMime, { type Email } from "postal-mime";
import { startGuardedServer } from "./guardedServer.ts";
import {
  counts,
  type Duplicate,
  duplicates,
  type ListedMail,
  listed,
  type MailFilter,
  type MailingCount,
  matching,
} from "./inbox/mailQueries.ts";
import { openMailStore } from "./inbox/mailStore.ts";
import type { SendEvent } from "./inbox/returnMail.ts";
import { serveInbox } from "./inbox/serveInbox.ts";
import { type SmtpListenerOptions, type SmtpSessions, startSmtpListener } from "./inbox/smtpListener.ts";
import { type ScriptReport, type SmtpScript, smtpScripts } from "./inbox/smtpScripts.ts";

export type { MailingCount } from "./inbox/mailQueries.ts";
export type { SmtpScript } from "./inbox/smtpScripts.ts";

export interface InboxOptions extends Omit<SmtpListenerOptions, "port">, AllowedOrigins {
  readonly smtpPort?: number;
  readonly httpPort?: number;
  /** Mails live here and survive a restart. Default: a temporary folder, removed at the end. */
  readonly dataFolder?: string;
}

export interface Inbox extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: the page, and `/api` for other processes. */
  readonly url: string;
  /** Where to send to: `127.0.0.1`, this port. */
  readonly smtpPort: number;
  /** The mails that match, oldest first. */
  messages(filter?: MailFilter): ListedMail[];
  /** A mail, parsed. */
  parsed(id: number): Promise<Email>;
  /** A mail as it was received. */
  source(id: number): Buffer;
  counts(filter?: MailFilter): MailingCount[];
  /** Everyone who got more than one message of the same mailing. */
  duplicates(filter?: MailFilter): Duplicate[];
  sessions(): SmtpSessions;
  /** Injects a fault; returns its live report. */
  script(script: SmtpScript): ScriptReport;
  clearScripts(): void;
  /** Where the events of SES go that a reader of the inbox causes: until then there are no buttons for them. */
  sendEventsTo(send: SendEvent): void;
  /** Deletes all mail. */
  clear(): void;
}

/** A mail server that keeps everything and shows it: SMTP, a web page and JSON, on 127.0.0.1. Details: README.md. */
export async function startInbox(options: InboxOptions = {}): Promise<Inbox> {
  await using starting = new AsyncDisposableStack();
  const temporary = options.dataFolder ? undefined : await mkdtemp(join(tmpdir(), "email-agent-inbox-"));
  if (temporary) starting.defer(() => rm(temporary, { recursive: true, force: true }));
  const store = starting.use(openMailStore(options.dataFolder ?? (temporary as string)));
  const scripts = smtpScripts();
  const smtpOptions = { ...options, ...(options.smtpPort !== undefined && { port: options.smtpPort }) };
  const smtp = starting.use(await startSmtpListener(smtpOptions, store, scripts));
  let sendEvent: SendEvent | undefined;
  const { url } = starting.use(
    await startGuardedServer({ ...options, port: options.httpPort }, (request, response) => {
      serveInbox({ store, scripts, sessions: smtp.sessions, sendEvent: () => sendEvent }, request, response).catch(
        (error) => response.destroy(error),
      );
    }),
  );
  const running = starting.move();
  const source = (id: number) => {
    const mail = store.mail(id);
    if (!mail) throw new Error(`The inbox has no mail ${id}.`);
    return store.raw(mail);
  };
  return {
    url,
    smtpPort: smtp.port,
    messages: (filter = {}) => matching(store, filter).map(listed),
    parsed: (id) => PostalMime.parse(source(id)),
    source,
    counts: (filter) => counts(store, filter),
    duplicates: (filter) => duplicates(store, filter),
    sessions: smtp.sessions,
    script: scripts.add,
    clearScripts: scripts.clear,
    sendEventsTo: (send) => {
      sendEvent = send;
    },
    clear: store.clear,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
