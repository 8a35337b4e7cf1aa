import type { Socket } from "node:net";
import type { SmtpPhase } from "@email-agent/shared/domain/delivery/smtpPhase.ts";
import { classOf, type Reply, replyReader } from "./replyReader.ts";

/**
 * Observes the handshake while nodemailer opens a connection and authenticates. nodemailer reports a broken socket in every
 * phase alike, takes any line for the reply to the previous command and reads codes from what is not a reply; this knows the
 * phase, and finds a line that is out of step before it is taken for something else.
 */
export interface Handshake {
  /** The command whose reply is awaited, or the last one with a reply. */
  readonly phase: SmtpPhase;
  /** The keywords of the server's last EHLO reply, in capitals. */
  readonly extensions: ReadonlySet<string>;
  /** To be given to nodemailer with `transactionLog: true`. */
  readonly logger: Record<
    "trace" | "debug" | "info" | "warn" | "error" | "fatal",
    (entry: { readonly tnx?: string }, text?: string) => void
  >;
  /** Stops observing. */
  end(): void;
}

const commands: readonly (readonly [RegExp, SmtpPhase])[] = [
  [/^(EHLO|HELO)\b/, "ehlo"],
  [/^STARTTLS\b/, "starttls"],
  [/^AUTH\b/, "auth"],
];

/**
 * The handshake of a connection that is about to be opened. `socket` is the one nodemailer uses at the moment;
 * `onOutOfStep` is called for the first line that is not a reply to a command.
 */
export function handshake(
  socket: () => Socket | undefined,
  onOutOfStep: (phase: SmtpPhase, said: Reply) => void,
): Handshake {
  let phase: SmtpPhase = "connect";
  let awaited: SmtpPhase[] = [];
  let extensions: ReadonlySet<string> = new Set();
  let watched: Socket | undefined;
  let reader = replyReader();

  const leave = () => {
    watched?.off("data", hear);
    watched = undefined;
  };
  /** STARTTLS puts another socket on top of the first. */
  const watch = () => {
    const now = socket();
    if (!now || now === watched) return;
    leave();
    watched = now;
    reader = replyReader();
    now.prependListener("data", hear);
  };
  const hear = (chunk: Buffer) => {
    for (const reply of reader.push(chunk)) {
      const command = awaited.shift();
      if (!command || reply.code === undefined) return outOfStep(command, reply);
      phase = command;
      if (classOf(reply) !== 2) continue;
      if (command === "ehlo") extensions = keywords(reply.text);
      // What follows is TLS, or was injected on the way (RFC 3207 6).
      if (command === "starttls" && !reader.isMidReply) leave();
    }
    if (reader.isMidReply && awaited.length === 0) outOfStep(undefined, { text: chunk.toString("latin1") });
  };
  const outOfStep = (command: SmtpPhase | undefined, said: Reply) => {
    leave();
    onOutOfStep(command ?? phase, said);
  };
  const debug = ({ tnx }: { readonly tnx?: string }, text = "") => {
    if (tnx !== "client") return;
    watch();
    // What matches no command is a line of the authentication.
    const sent = commands.find(([pattern]) => pattern.test(text))?.[1] ?? phase;
    if (awaited.length === 0) phase = sent;
    awaited.push(sent);
  };
  const info = ({ tnx }: { readonly tnx?: string }, text = "") => {
    if (tnx !== "network" || !text.includes("established")) return;
    phase = "greeting";
    awaited = ["greeting"];
    watch();
  };
  const nothing = () => {};

  return {
    get phase() {
      return phase;
    },
    get extensions() {
      return extensions;
    },
    logger: { trace: nothing, debug, info, warn: nothing, error: nothing, fatal: nothing },
    end: leave,
  };
}

/** RFC 5321 4.1.1.1: the first line is a greeting, every other begins with a keyword. */
function keywords(reply: string): ReadonlySet<string> {
  const lines = reply.split("\n").slice(1);
  return new Set(lines.map((line) => line.slice(4).trim().split(/[\s=]/)[0]!.toUpperCase()));
}
