import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { loopbackCertificate, loopbackKey } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { performer, type ScriptAct } from "./scriptAct.ts";

/**
 * Where a scripted server may misbehave, in the order of a session. `body` is the first line of a message, `dot` the reply
 * to the final dot, `idle` the moment after that reply.
 */
export const scriptPhases = [
  "greeting",
  "ehlo",
  "starttls",
  "auth",
  "mail",
  "rcpt",
  "data",
  "body",
  "dot",
  "idle",
  "rset",
  "quit",
] as const;
export type ScriptPhase = (typeof scriptPhases)[number];

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
  /** Offers STARTTLS, with the same certificate. */
  readonly starttls?: boolean;
  /** Further keywords of EHLO. */
  readonly extensions?: readonly string[];
}

const usual: Partial<Record<ScriptPhase, string>> = {
  greeting: "220 inbox.test ESMTP",
  starttls: "220 2.0.0 Ready to start TLS",
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
  options: ScriptOptions = {},
): Promise<ScriptedServer> {
  const messages: string[] = [];
  const accepted: string[] = [];
  const sessions: string[][] = [];
  const sockets = new Set<Socket>();
  const { tls = false } = options;
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const open = (socket: Socket) => {
    hold(socket);
    converse({ act, options, messages, accepted, sessions, hold }, socket, sessions.push([]) - 1);
  };
  const server = tls ? createTlsServer({ key: loopbackKey, cert: loopbackCertificate }, open) : createServer(open);
  server.on("tlsClientError", () => {});

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

/** What the connections of a server share. */
interface Shared extends Pick<ScriptedServer, "messages" | "accepted" | "sessions"> {
  readonly act: Script;
  readonly options: ScriptOptions;
  hold(socket: Socket): void;
}

/** `isEncrypted` after STARTTLS: then the client speaks first. */
function converse(shared: Shared, socket: Socket, connection: number, isEncrypted = false) {
  const { act, options, messages, accepted, sessions } = shared;
  let message = 0;
  let body: string[] | undefined;
  let rest = "";
  let isDeaf = false;
  const stage = performer(socket);
  const replies = { ...usual, ehlo: reply("250", ["inbox.test", ...keywords(options, isEncrypted)]) };
  /** Performs a phase and returns what was said, which begins with the code of its reply, if it is one. */
  const perform = (phase: ScriptPhase): string => {
    const due = replies[phase] ?? "";
    const done = stage.perform(act(phase, { connection, message }) ?? due, due);
    isDeaf ||= done.isDeaf ?? false;
    return done.said;
  };
  const encrypt = () => {
    socket.off("data", receive);
    socket.pause();
    stage.afterwards(() => {
      if (socket.destroyed) return;
      const secure = new TLSSocket(socket, { isServer: true, key: loopbackKey, cert: loopbackCertificate });
      shared.hold(secure);
      converse(shared, secure, connection, true);
    });
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
      if (!isDeaf) stage.end();
    } else if (command === "starttls") {
      if (perform("starttls").startsWith("2")) encrypt();
    } else if (command in replies) perform(command as ScriptPhase);
    else stage.perform("502 5.5.1 Command not implemented", "");
  };
  const receive = (chunk: Buffer) => {
    const lines = (rest + chunk.toString("latin1")).split("\r\n");
    rest = lines.pop()!;
    for (const line of lines) hear(line);
  };
  socket.on("data", receive);
  if (!isEncrypted) perform("greeting");
}

function keywords({ pipelining, starttls, extensions = [] }: ScriptOptions, isEncrypted: boolean): string[] {
  const offered = [
    "8BITMIME",
    pipelining && "PIPELINING",
    ...extensions,
    starttls && !isEncrypted && "STARTTLS",
    "HELP",
  ];
  return offered.filter((keyword) => typeof keyword === "string");
}

function reply(code: string, lines: readonly string[]): string {
  return lines.map((line, n) => `${code}${n < lines.length - 1 ? "-" : " "}${line}`).join("\r\n");
}
