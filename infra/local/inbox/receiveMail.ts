import type { Socket } from "node:net";
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from "smtp-server";
import { injectFault } from "./injectFault.ts";
import type { MailStore } from "./mailStore.ts";
import { cut, momentOf } from "./scriptedSession.ts";
import type { SmtpScripts } from "./smtpScripts.ts";

/** The DATA handler: keeps the message and replies, unless a script of `body` or `dot` says otherwise. */
export function receiveMail(
  store: MailStore,
  scripts: SmtpScripts,
  socketOf: (session: SMTPServerSession) => Socket | undefined,
): NonNullable<SMTPServerOptions["onData"]> {
  return (stream: SMTPServerDataStream, session, callback) => {
    const moment = momentOf(session.envelope);
    const parts: Buffer[] = [];
    const inTheMiddle = scripts.take("body", moment);
    let received = 0;
    stream.on("data", (part: Buffer) => {
      parts.push(part);
      received += part.length;
      if (!inTheMiddle || received < inTheMiddle.afterBytes) return;
      // Nothing of it is kept, even if the rest was already on its way.
      stream.removeAllListeners();
      stream.resume();
      injectFault(inTheMiddle, { cut: (how) => cut(socketOf(session), how), reply: () => {}, goOn: () => {} });
    });
    stream.on("end", () => {
      const script = scripts.take("dot", moment);
      const refused = Number(script?.reply?.slice(0, 3) ?? 250) >= 400;
      const [only] = parts;
      const raw = parts.length === 1 && only ? only : Buffer.concat(parts);
      const kept = script?.keep ?? !refused;
      const mail = kept ? store.add(moment.sender ?? "", moment.recipients ?? [], raw) : undefined;
      injectFault(script, {
        cut: (how) => cut(socketOf(session), how),
        reply: (responseCode, text) =>
          refused ? callback(Object.assign(new Error(text), { responseCode })) : callback(null, text),
        goOn: () => callback(null, `OK: queued as ${mail?.id ?? "nothing"}`),
      });
    });
  };
}
