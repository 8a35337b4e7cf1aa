import type { Socket } from "node:net";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { type Reply, replyReader } from "./replyReader.ts";

/** Why there is no reply. */
export type Silence = "lost" | "timeout";

/**
 * What is said on one open connection: whoever writes a command asks for its reply, and a server that says more than it
 * was asked is out of step. Without an exchange the connection is closed then, so that no line is taken for the reply to
 * a later message.
 */
export interface Dialogue {
  readonly isOpen: boolean;
  /** Replies, or the beginning of one, that nothing has asked for yet. */
  readonly hasMore: boolean;
  /** Runs one exchange within a time. What the server says beyond it ends the connection. */
  exchange<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result>;
  /** Gives the running exchange this long from now. */
  extend(milliseconds: number): void;
  write(bytes: string | Buffer): void;
  /** The next reply, in order, or why there is none. */
  next(): Promise<Reply | Silence>;
  /**
   * Writes and waits until the operating system has taken everything and what has arrived meanwhile is read. True if the
   * server has been silent and the connection is open.
   */
  writeUnlessAnswered(bytes: Buffer): Promise<boolean>;
  /** Reads what has arrived already. True if that is nothing and the connection is open. */
  isQuiet(): Promise<boolean>;
  /** Ends the connection without another byte. */
  cut(): void;
}

/**
 * Takes over a connection that nodemailer has opened and signed in on. nodemailer reads no reply from then on: it takes
 * any line for the reply to the last command, also one that came before the message was sent.
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
    async writeUnlessAnswered(bytes) {
      const taken = new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
      await Promise.race([taken, somethingHappens()]);
      return !hasExpired && isQuiet();
    },
    isQuiet,
    cut,
  };
}

/** Two turns of the event loop: the sockets have been read once between them. */
function polled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
