import type { Socket } from "node:net";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { type Reply, replyReader } from "./replyReader.ts";

/** Why there is no reply. */
export type Silence = "lost" | "timeout";

/**
 * The commands and replies on one open connection: every command is followed by a call for its reply, and a server that
 * says more is out of step. Outside an exchange the connection is closed then, so that no line is taken for the reply to a
 * later message.
 */
export interface Dialogue {
  readonly isOpen: boolean;
  /** True if a reply, or the beginning of one, arrived that was not read yet. */
  readonly hasMore: boolean;
  /** Runs one exchange within a time. Anything the server says after it ends the connection. */
  exchange<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result>;
  /** Gives the running exchange this long from now. */
  extend(milliseconds: number): void;
  write(bytes: string | Buffer): void;
  /** The next reply, in order, or why there is none. */
  next(): Promise<Reply | Silence>;
  /**
   * Writes and waits until the operating system has taken everything and what arrived meanwhile is read. True if the
   * server was silent and the connection is open.
   */
  writeWhileSilent(bytes: Buffer): Promise<boolean>;
  /** Reads what has arrived. True if that is nothing and the connection is open. */
  isQuiet(): Promise<boolean>;
  /** Ends the connection without another byte. */
  cut(): void;
}

/**
 * Takes over a connection that nodemailer has opened and authenticated. nodemailer reads no reply from then on, because it
 * takes any line for the reply to the last command, also one that arrived before the message was sent.
 */
export function dialogue(connection: SMTPConnection, socket: Socket): Dialogue {
  const reader = replyReader();
  const heard: Reply[] = [];
  let isOpen = !connection.destroyed;
  let isRunning = false;
  let hasExpired = false;
  let timer: NodeJS.Timeout | undefined;
  let wake = () => {};

  const cut = () => {
    socket.destroy();
    connection.close();
  };
  const hear = (chunk: Buffer) => {
    heard.push(...reader.push(chunk));
    if (isRunning) wake();
    else cut();
  };
  const end = () => {
    isOpen = false;
    const refusal = reader.finish();
    if (refusal) heard.push(refusal);
    wake();
  };
  const extend = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hasExpired = true;
      wake();
    }, milliseconds);
  };
  const somethingHappens = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const hasMore = () => heard.length > 0 || reader.isMidReply;
  const isQuiet = async () => {
    await polled();
    return isOpen && !hasMore();
  };

  socket.removeAllListeners("data");
  socket.on("data", hear);
  connection.once("end", end);
  return {
    get isOpen() {
      return isOpen;
    },
    get hasMore() {
      return hasMore();
    },
    async exchange(milliseconds, work) {
      isRunning = true;
      hasExpired = false;
      extend(milliseconds);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        isRunning = false;
        if (hasMore()) cut();
      }
    },
    extend,
    write: (bytes) => void socket.write(bytes),
    async next() {
      while (heard.length === 0 && isOpen && !hasExpired) await somethingHappens();
      return heard.shift() ?? (isOpen ? "timeout" : "lost");
    },
    async writeWhileSilent(bytes) {
      const taken = new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
      await Promise.race([taken, somethingHappens()]);
      return !hasExpired && isQuiet();
    },
    isQuiet,
    cut,
  };
}

/** Two ticks of the event loop: the sockets have been read once between them. */
function polled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
