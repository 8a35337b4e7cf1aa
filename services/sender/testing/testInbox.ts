import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly raw: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What the inbox answers to a recipient or a message; undefined accepts. `hang` never answers, `cut` closes the connection. */
export type InboxAct = { readonly code: number; readonly text: string } | "hang" | "cut" | undefined;

export interface InboxScript {
  readonly onAuth?: () => InboxAct;
  readonly onRecipient?: (address: string, attempt: number) => InboxAct;
  /** Asked when the whole message has arrived. */
  readonly onMessage?: (address: string, attempt: number) => InboxAct;
  /** Wait before each answer to a message. */
  readonly delayMilliseconds?: number;
}

export interface TestInbox extends AsyncDisposable {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Connections opened so far. */
  readonly connections: number;
  /** Messages taken whole and never answered. */
  readonly hanging: number;
  script: InboxScript;
  /** Mails accepted, by recipient. */
  counts(): Map<string, number>;
}

/** An SMTP server on 127.0.0.1 that keeps what it accepted and answers as the script says. */
export async function startTestInbox(script: InboxScript = {}): Promise<TestInbox> {
  const mails: ReceivedMail[] = [];
  const attempts = new Map<string, number>();
  let connections = 0;
  let hanging = 0;
  const count = (key: string) => {
    const next = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, next);
    return next;
  };
  const answer = (act: InboxAct, session: { id: string }, done: (error?: Error | null, text?: string) => void) => {
    if (act === undefined) return done(null, "2.0.0 Queued");
    if (act === "hang") return undefined;
    if (act === "cut") return sockets.get(session.id)?.destroy();
    done(Object.assign(new Error(act.text), { responseCode: act.code }));
  };
  const sockets = new Map<string, { destroy(): void }>();
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    onAuth(_auth, session, done) {
      const act = inbox.script.onAuth?.();
      if (act === undefined) done(null, { user: "office" });
      else answer(act, session, done as never);
    },
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onRcptTo({ address }, session, done) {
      answer(inbox.script.onRecipient?.(address, count(`rcpt ${address}`)), session, done);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        const raw = Buffer.concat(chunks).toString("utf8");
        const act = inbox.script.onMessage?.(to, count(`message ${to}`));
        if (act === "hang") hanging += 1;
        if (act === undefined) mails.push({ to, raw, ...headers(raw), at: Date.now() });
        setTimeout(() => answer(act, session, done), inbox.script.delayMilliseconds ?? 0);
      });
    },
  });
  server.on("error", () => {});
  // smtp-server hides the sockets of its sessions; a cut needs them.
  server.server.on("connection", (socket) => {
    setImmediate(() => {
      for (const connection of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
        sockets.set(connection.id, connection._socket);
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const inbox: TestInbox = {
    port: (server.server.address() as AddressInfo).port,
    mails,
    get connections() {
      return connections;
    },
    get hanging() {
      return hanging;
    },
    script,
    counts() {
      const counts = new Map<string, number>();
      for (const { to } of mails) counts.set(to, (counts.get(to) ?? 0) + 1);
      return counts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.values()) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return inbox;
}

function headers(raw: string): { subject: string; messageId: string } {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  const of = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
  return { subject: of("Subject"), messageId: of("Message-ID") };
}
