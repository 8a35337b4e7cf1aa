import type { Socket } from "node:net";
import type { SMTPServerSession } from "smtp-server";
import type { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import { injectFault } from "./injectFault.ts";
import type { SmtpMoment, SmtpPhase, SmtpScripts } from "./smtpScripts.ts";

const commandPhases = {
  EHLO: "ehlo",
  HELO: "ehlo",
  AUTH: "auth",
  MAIL: "mail",
  RCPT: "rcpt",
  DATA: "data",
} as const satisfies Record<string, SmtpPhase>;

/** Begins a session of smtp-server with the scripts in front of its greeting and of each command. */
export function beginSession(connection: SMTPConnection, socket: Socket, scripts: SmtpScripts): void {
  for (const [name, phase] of Object.entries(commandPhases)) {
    const handlerName = `handler_${name as keyof typeof commandPhases}` as const;
    const handler = connection[handlerName];
    connection[handlerName] = (command, done) => {
      injectFault(scripts.take(phase, commandMoment(connection, phase, command)), {
        cut: (how) => cut(socket, how),
        reply: (code, text) => {
          connection.send(code, text, false);
          done();
        },
        goOn: () => handler.call(connection, command, done),
      });
    };
  }
  // In place of init, which waits 100 ms to find out clients that talk too soon.
  connection._setListeners(() =>
    injectFault(scripts.take("greeting", {}), {
      cut: (how) => cut(socket, how),
      reply: (code, text) => {
        connection.send(code, text, false);
        connection.close();
      },
      goOn: () => connection.connectionReady(),
    }),
  );
}

function commandMoment(connection: SMTPConnection, phase: SmtpPhase, command: Buffer): SmtpMoment {
  if (phase === "ehlo" || phase === "auth") return {};
  const address = /<([^>]*)>/.exec(command.toString("utf8"))?.[1] ?? "";
  if (phase === "mail") return { sender: address };
  const known = momentOf(connection.session.envelope);
  return phase === "rcpt" ? { ...known, recipients: [address] } : known;
}

export function momentOf(envelope: SMTPServerSession["envelope"]): SmtpMoment {
  const sender = envelope.mailFrom ? envelope.mailFrom.address : "";
  return { sender, recipients: envelope.rcptTo.map(({ address }) => address) };
}

/** `silence` does nothing: no reply comes any more. */
export function cut(socket: Socket | undefined, how: "close" | "reset" | "silence"): void {
  if (how === "reset") socket?.resetAndDestroy();
  if (how === "close") socket?.destroySoon();
}
