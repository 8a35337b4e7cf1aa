import { createServer, type Socket } from "node:net";

/** Where a scripted server may misbehave; `body` is the middle of the message, `dot` the answer to the final dot. */
export type ScriptPhase = "greeting" | "ehlo" | "auth" | "mail" | "rcpt" | "data" | "body" | "dot" | "rset";

/** What it does there: a reply (one or several lines), or an end without one. */
export type ScriptAct = string | "close" | "reset" | "silence";

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Every message taken whole, with its final dot removed and dots unstuffed. */
  readonly messages: string[];
  /** Commands per connection, in order. */
  readonly sessions: string[][];
}

const usual: Partial<Record<string, string>> = {
  greeting: "220 inbox.test ESMTP",
  ehlo: "250-inbox.test\r\n250-8BITMIME\r\n250 HELP",
  auth: "235 2.7.0 Accepted",
  mail: "250 2.1.0 Ok",
  rcpt: "250 2.1.5 Ok",
  data: "354 Go ahead",
  dot: "250 2.0.0 Queued",
  rset: "250 2.0.0 Ok",
};

/**
 * An SMTP server on 127.0.0.1 that follows a script: `act` says what it does at a phase of the nth message (from 0) of
 * the nth connection (from 0); undefined means the usual reply.
 */
export async function scriptedServer(
  act: (phase: ScriptPhase, at: { connection: number; message: number }) => ScriptAct | undefined = () => undefined,
  options: { pipelining?: boolean } = {},
): Promise<ScriptedServer> {
  const messages: string[] = [];
  const sessions: string[][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    converse(socket, sessions.push([]) - 1);
  });

  function converse(socket: Socket, connection: number) {
    let message = 0;
    let body: string | undefined;
    let rest = "";
    let deaf = false;
    const perform = (phase: ScriptPhase) => {
      const done = act(phase, { connection, message }) ?? usual[phase] ?? "502 5.5.1 Command not implemented";
      if (done === "silence") deaf = true;
      else if (done === "close" || done === "reset") {
        deaf = true;
        if (done === "reset") socket.resetAndDestroy();
        else socket.end();
      } else if (done) socket.write(`${done.replace(/\r?\n/g, "\r\n")}\r\n`);
      return done;
    };
    const hear = (line: string) => {
      if (deaf) return;
      if (body !== undefined) {
        if (body === "" && act("body", { connection, message })) perform("body");
        if (line !== ".") {
          body += `${line.startsWith("..") ? line.slice(1) : line}\r\n`;
          return;
        }
        messages.push(body);
        body = undefined;
        perform("dot");
        message += 1;
        return;
      }
      sessions[connection]!.push(line);
      const command = line.split(/[ :]/)[0]!.toUpperCase();
      if (command === "EHLO" && options.pipelining) return void socket.write("250-inbox.test\r\n250 PIPELINING\r\n");
      if (command === "DATA") {
        if (String(perform("data")).startsWith("354")) body = "";
      } else if (command === "QUIT") socket.end("221 Bye\r\n");
      else perform(command.toLowerCase() as ScriptPhase);
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
    sessions,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
