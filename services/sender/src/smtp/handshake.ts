import type { Socket } from "node:net";
import type { SmtpPhase } from "@email-agent/shared/domain/delivery/smtpPhase.ts";
import { classOf, type Reply, replyReader } from "./replyReader.ts";

/**
 * Reads along while nodemailer opens a connection and signs in. nodemailer reports a broken socket in every phase alike,
 * takes any line for the reply to the command before and reads codes out of what is no reply; this tells the phase, and
 * finds what is said out of turn before it is taken for something else.
 */
export interface Handshake {
  /** The command whose reply is awaited, or the last one answered. */
  readonly phase: SmtpPhase;
  /** The keywords of the server's last EHLO reply, in capitals. */
  readonly extensions: ReadonlySet<string>;
  /** To be given to nodemailer with `transactionLog: true`. */
  readonly logger: Record<
    "trace" | "debug" | "info" | "warn" | "error" | "fatal",
    (entry: { readonly tnx?: string }, text?: string) => void
  >;
  /** Reads along no more. */
  end(): void;
}

const commands: readonly (readonly [RegExp, SmtpPhase])[] = [
  [/^(EHLO|HELO)\b/, "ehlo"],
  [/^STARTTLS\b/, "starttls"],
  [/^AUTH\b/, "auth"],
];

/**
 * The handshake of a connection that is about to be opened. `socket` is the one nodemailer speaks on at the moment;
 * `onOutOfStep` hears of the first thing said that is no reply to anything.
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
      const answered = awaited.shift();
      if (!answered || reply.code === undefined) return outOfStep(answered, reply);
      phase = answered;
      if (classOf(reply) !== 2) continue;
      if (answered === "ehlo") extensions = keywords(reply.text);
      // What follows is TLS, or was put in by somebody on the way (RFC 3207 6).
      if (answered === "starttls" && !reader.isMidReply) leave();
    }
    if (reader.isMidReply && awaited.length === 0) outOfStep(undefined, { text: chunk.toString("latin1") });
  };
  const outOfStep = (answered: SmtpPhase | undefined, said: Reply) => {
    leave();
    onOutOfStep(answered ?? phase, said);
  };
  const debug = ({ tnx }: { readonly tnx?: string }, text = "") => {
    if (tnx !== "client") return;
    watch();
    // What matches no command is a line of the sign-in.
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
