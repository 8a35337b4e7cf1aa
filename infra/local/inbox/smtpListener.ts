import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import { type ListenOptions, listen } from "../listen.ts";
import { injectFault } from "./injectFault.ts";
import type { MailStore } from "./mailStore.ts";
import { receiveMail } from "./receiveMail.ts";
import { beginSession, cut } from "./scriptedSession.ts";
import type { SmtpScripts } from "./smtpScripts.ts";

export interface SmtpListenerOptions extends ListenOptions {
  /** Default `optional`: offered, and not needed. */
  readonly auth?: "off" | "optional" | "required";
  /** User name → password. Default: everybody is let in. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default none. Without key and certificate the self-signed one of smtp-server is shown, which no client should trust. */
  readonly tls?: { readonly mode: "starttls" | "tls"; readonly key?: string; readonly cert?: string };
}

export interface SmtpSessions {
  readonly open: number;
  /** The largest number open at the same time. */
  readonly most: number;
  readonly total: number;
}

export interface SmtpListener extends AsyncDisposable {
  readonly port: number;
  sessions(): SmtpSessions;
}

/** An SMTP server on 127.0.0.1 that keeps whatever comes, unless a script says otherwise. */
export async function startSmtpListener(
  options: SmtpListenerOptions,
  store: MailStore,
  scripts: SmtpScripts,
): Promise<SmtpListener> {
  const sockets = new Set<Socket>();
  const socketBySession = new Map<string, Socket>();
  const count = { most: 0, total: 0 };
  const onData = receiveMail(store, scripts, ({ id }) => socketBySession.get(id));
  const server = new SMTPServer({ ...serverOptions(options), onData });
  // A client that goes away in the middle is what the inbox is there to provoke.
  server.on("error", () => {});
  server.connect = (socket, socketOptions) => {
    sockets.add(socket);
    count.total += 1;
    count.most = Math.max(count.most, sockets.size);
    socket.on("error", () => {});
    const connection = new SMTPConnection(server, socket, socketOptions);
    socketBySession.set(connection.session.id, socket);
    socket.once("close", () => {
      sockets.delete(socket);
      socketBySession.delete(connection.session.id);
    });
    server.connections.add(connection);
    connection.on("error", () => {});
    injectFault(scripts.take("connect", {}), {
      cut: (how) => cut(socket, how),
      reply: () => {},
      goOn: () => beginSession(connection, socket, scripts),
    });
  };
  const port = await listen(server.server, options);
  return {
    port,
    sessions: () => ({ open: sockets.size, ...count }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serverOptions({ auth = "optional", users, tls }: SmtpListenerOptions): SMTPServerOptions {
  return {
    name: "inbox.local",
    logger: false,
    secure: tls?.mode === "tls",
    ...(tls?.key && { key: tls.key }),
    ...(tls?.cert && { cert: tls.cert }),
    disabledCommands: [...(tls ? [] : ["STARTTLS"]), ...(auth === "off" ? ["AUTH"] : [])],
    disableReverseLookup: true,
    authOptional: auth !== "required",
    allowInsecureAuth: true,
    // As patient as RFC 5321 4.5.3.2 asks: a script may be silent for as long.
    socketTimeout: 600_000,
    onAuth({ username = "", password }, _session, callback) {
      if (!users || (username in users && users[username] === password)) callback(null, { user: username });
      else callback(Object.assign(new Error("5.7.8 Username and password not accepted"), { responseCode: 535 }));
    },
  };
}
