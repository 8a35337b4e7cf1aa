import type { SmtpPhase } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";

/**
 * Reads along what is said on one connection. nodemailer reports a broken socket in every phase alike, also after the
 * final dot, when the server may hold the message; only the conversation tells which it was. Commands and replies are
 * seen, message bodies never.
 */
export interface Transcript {
  /** The command whose reply is awaited, or the last one answered. */
  readonly phase: SmtpPhase;
  /** The server has asked for the message (354). Set before the first byte of it is written. */
  readonly dataSent: boolean;
  /** The first refusal of this message's sender or recipient. With pipelining it is seen even if the connection breaks before DATA is answered. */
  readonly refusal: { readonly phase: SmtpPhase; readonly reply: string } | undefined;
  /** Forgets the message before. */
  beginMessage(onDataSent: () => void): void;
  /** To be given to nodemailer with `transactionLog: true`. */
  readonly logger: Record<
    "trace" | "debug" | "info" | "warn" | "error" | "fatal",
    (entry: Entry, text?: string) => void
  >;
}

interface Entry {
  readonly tnx?: string;
}

const commands: readonly (readonly [RegExp, SmtpPhase])[] = [
  [/^(EHLO|HELO)\b/, "ehlo"],
  [/^STARTTLS\b/, "starttls"],
  [/^AUTH\b/, "auth"],
  [/^MAIL FROM:/, "mail"],
  [/^RCPT TO:/, "rcpt"],
  [/^DATA$/, "data"],
  [/^\.$/, "dot"],
];

/** A transcript of a connection that is about to be opened. */
export function transcript(): Transcript {
  let phase: SmtpPhase = "connect";
  let awaited: SmtpPhase[] = [];
  let dataSent = false;
  let refusal: Transcript["refusal"];
  let onDataSent = () => {};

  const connected = () => {
    phase = "greeting";
    awaited = ["greeting"];
  };
  const command = (text: string) => {
    // What matches no command is a line of the sign-in, or RSET and QUIT, which belong to no message.
    const sent = commands.find(([pattern]) => pattern.test(text))?.[1] ?? phase;
    if (awaited.length === 0) phase = sent;
    awaited.push(sent);
  };
  const reply = (text: string) => {
    const answered = awaited.shift() ?? phase;
    phase = answered;
    const isGood = /^[23]/.test(text);
    if ((answered === "mail" || answered === "rcpt") && !isGood) refusal ??= { phase: answered, reply: text };
    if (answered === "data" && isGood) {
      dataSent = true;
      phase = "dot";
      awaited.unshift("dot");
      onDataSent();
      return;
    }
    phase = awaited[0] ?? answered;
  };
  const debug = ({ tnx }: Entry, text = "") => {
    if (tnx === "client") command(text);
    if (tnx === "server") reply(text);
  };
  const info = ({ tnx }: Entry, text = "") => {
    if (tnx === "network" && text.includes("established")) connected();
  };
  const nothing = () => {};

  return {
    get phase() {
      return phase;
    },
    get dataSent() {
      return dataSent;
    },
    get refusal() {
      return refusal;
    },
    beginMessage(listener) {
      awaited = [];
      phase = "mail";
      dataSent = false;
      refusal = undefined;
      onDataSent = listener;
    },
    logger: { trace: nothing, debug, info, warn: nothing, error: nothing, fatal: nothing },
  };
}
