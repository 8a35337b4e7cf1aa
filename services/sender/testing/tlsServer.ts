import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { loopbackCertificate, loopbackKey } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";

/** A mail server with TLS on this machine, closed at the end of the test. Its certificate is for 127.0.0.1 and localhost. */
export async function serveTls(options: SMTPServerOptions = {}, host = "127.0.0.1"): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    key: loopbackKey,
    cert: loopbackCertificate,
    onData(stream, _session, done) {
      stream.resume();
      stream.on("end", () => done(null, "Queued"));
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, host);
  await once(server.server, "listening");
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}
