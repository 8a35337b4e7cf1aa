import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { loopbackCertificate, loopbackKey } from "@email-agent/shared/testing/loopbackCertificate.ts";

/**
 * Where a scripted server may misbehave. `body` is the first line of a message, `dot` the reply to the final dot, `idle`
 * the moment after that reply.
 */
export type ScriptPhase =
  | "greeting"
  | "ehlo"
  | "auth"
  | "mail"
  | "rcpt"
  | "data"
  | "body"
  | "dot"
  | "idle"
  | "rset"
  | "quit";

/**
 * What it does there: a reply (one or several lines); the end of the connection, or silence; raw bytes (default: the usual
 * reply) in pieces; `early` lines and, `later` milliseconds after them, the usual reply; or the usual reply and then `late` lines.
 */
export type ScriptAct =
  | string
  | "close"
  | "reset"
  | "silence"
  | { readonly bytes?: string; readonly pieceBytes?: number }
  | { readonly late: string }
  | { readonly early: string; readonly later?: number };

export type Script = (phase: ScriptPhase, at: { connection: number; message: number }) => ScriptAct | undefined;

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Every complete message, without its final dot and dot-stuffing. */
  readonly messages: string[];
  /** Those of them that the server accepted, whatever of its reply the client sees. */
  readonly accepted: string[];
  /** Commands per connection, in order. */
  readonly sessions: string[][];
}

interface ScriptOptions {
  readonly pipelining?: boolean;
  /** TLS from the first byte, with the certificate for loopback. */
  readonly tls?: boolean;
  /** Further keywords of EHLO. */
  readonly extensions?: readonly string[];
}

const usual: Partial<Record<ScriptPhase, string>> = {
  greeting: "220 inbox.test ESMTP",
  auth: "235 2.7.0 Accepted",
  mail: "250 2.1.0 Ok",
  rcpt: "250 2.1.5 Ok",
  data: "354 Go ahead",
  dot: "250 2.0.0 Queued",
  rset: "250 2.0.0 Ok",
  quit: "221 2.0.0 Bye",
};

/**
 * An SMTP server on 127.0.0.1 that follows a script: `act` says what it does at a phase of the nth message (from 0) of
 * the nth connection (from 0); undefined means the usual reply.
 */
export async function scriptedServer(
  act: Script = () => undefined,
  { pipelining = false, tls = false, extensions = [] }: ScriptOptions = {},
): Promise<ScriptedServer> {
  const messages: string[] = [];
  const accepted: string[] = [];
  const sessions: string[][] = [];
  const sockets = new Set<Socket>();
  const keywords = ["8BITMIME", ...(pipelining ? ["PIPELINING"] : []), ...extensions, "HELP"];
  const replies = { ...usual, ehlo: reply("250", ["inbox.test", ...keywords]) };
  const open = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    converse(socket, sessions.push([]) - 1);
  };
  const server = tls ? createTlsServer({ key: loopbackKey, cert: loopbackCertificate }, open) : createServer(open);
  server.on("tlsClientError", () => {});

  function converse(socket: Socket, connection: number) {
    let message = 0;
    let body: string[] | undefined;
    let rest = "";
    let isDeaf = false;
    /** Writes in order, however slowly. */
    let speaking: Promise<unknown> = Promise.resolve();
    const say = (bytes: string) => {
      speaking = speaking.then(() => socket.writable && socket.write(bytes, "latin1"));
    };
    const sayInPieces = (bytes: string, size: number) => {
      for (let at = 0; at < bytes.length; at += size) {
        say(bytes.slice(at, at + size));
        speaking = speaking.then(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))));
      }
    };
    const pause = (milliseconds: number) => {
      speaking = speaking.then(() => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    };
    /** Performs a phase and returns the code of its reply, if it is one. */
    const perform = (phase: ScriptPhase): string => {
      const done = act(phase, { connection, message }) ?? replies[phase];
      if (done === undefined) return phase === "body" || phase === "idle" ? "" : perform("quit");
      if (done === "silence" || done === "close" || done === "reset") {
        isDeaf = true;
        if (done === "reset") speaking = speaking.then(() => reset(socket));
        if (done === "close") speaking = speaking.then(() => socket.end());
        return "";
      }
      if (typeof done === "string") {
        say(`${done.replace(/\r?\n/g, "\r\n")}\r\n`);
        return done;
      }
      const due = replies[phase] ?? "";
      if ("late" in done) {
        say(
          [due, done.late]
            .filter(Boolean)
            .map((line) => `${line}\r\n`)
            .join(""),
        );
        return due;
      }
      if (!("early" in done)) {
        const bytes = done.bytes ?? (due && `${due}\r\n`);
        sayInPieces(bytes, done.pieceBytes ?? bytes.length);
        return bytes;
      }
      say(`${done.early}\r\n`);
      if (done.later) pause(done.later);
      if (due) say(`${due}\r\n`);
      return due;
    };
    const takeMessage = (text: string) => {
      messages.push(text);
      if (!/^[45]\d\d[ -]/.test(perform("dot"))) accepted.push(text);
      perform("idle");
      message += 1;
    };
    const hear = (line: string) => {
      if (isDeaf) return;
      if (body !== undefined) {
        if (body.length === 0) perform("body");
        if (line !== ".") return void body.push(`${line.startsWith("..") ? line.slice(1) : line}\r\n`);
        const text = body.join("");
        body = undefined;
        return takeMessage(text);
      }
      sessions[connection]!.push(line);
      const command = line.split(/[ :]/)[0]!.toLowerCase();
      if (command === "data") {
        if (perform("data").startsWith("354")) body = [];
      } else if (command === "quit") {
        perform("quit");
        speaking = speaking.then(() => socket.end());
      } else if (command in replies) perform(command as ScriptPhase);
      else say("502 5.5.1 Command not implemented\r\n");
    };
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString("latin1")).split("\r\n");
      rest = lines.pop()!;
      for (const line of lines) hear(line);
    });
    perform("greeting");
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    messages,
    accepted,
    sessions,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(code: string, lines: readonly string[]): string {
  return lines.map((line, n) => `${code}${n < lines.length - 1 ? "-" : " "}${line}`).join("\r\n");
}

/** A TLS socket has no reset of its own; its close in the middle of a record is as abrupt. */
function reset(socket: Socket): void {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}
