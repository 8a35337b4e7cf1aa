import type { Socket } from "node:net";

/**
 * What a scripted server does in place of, or beside, its usual reply:
 *
 * - a reply, of one or several lines; the end of the connection, or silence; `half-close`: it ends its own direction only,
 *   and takes in what else arrives.
 * - `bytes` (default: the usual reply), in pieces, of which one leaves every so many milliseconds; `endless` bytes.
 * - `early` lines and, `later` milliseconds after them, the usual reply; the usual reply and, `after` milliseconds, `late`
 *   lines; the usual reply, `closing`: then the connection ends.
 */
export type ScriptAct =
  | string
  | "close"
  | "reset"
  | "silence"
  | "half-close"
  | { readonly bytes?: string; readonly pieceBytes?: number; readonly everyMilliseconds?: number }
  | { readonly endless: string }
  | { readonly early: string; readonly later?: number }
  | { readonly late: string; readonly after?: number }
  | { readonly closing: true };

interface Performed {
  /** Begins with the code of its reply, if it is one. */
  readonly said: string;
  /** It reads nothing from now on. */
  readonly isDeaf?: boolean;
}

export interface Performer {
  /** `usual` is the usual reply, empty if none is due. */
  perform(act: ScriptAct, usual: string): Performed;
  /** Ends the connection once everything is written. */
  end(): void;
  /** Calls `work` once everything is written. */
  afterwards(work: () => void): void;
}

/** More than any client should read of one reply. */
const endlessBytes = 8 << 20;
const endlessPiece = 64 << 10;

/** Performs acts on one connection: it writes in order, however slowly. */
export function performer(socket: Socket): Performer {
  let speaking: Promise<unknown> = Promise.resolve();
  const next = (step: () => unknown) => {
    speaking = speaking.then(step);
  };
  const say = (bytes: string) => next(() => bytes && socket.writable && socket.write(bytes, "latin1"));
  const wait = (milliseconds: number) => next(() => pause(milliseconds));
  const end = () => next(() => socket.end());
  const sayInPieces = (bytes: string, size: number, everyMilliseconds?: number) => {
    for (let at = 0; at < bytes.length; at += size) {
      say(bytes.slice(at, at + size));
      next(() => (everyMilliseconds ? pause(everyMilliseconds) : twoTicks()));
    }
  };
  const sayEndlessly = (bytes: string) => {
    const many = bytes.repeat(Math.ceil(endlessPiece / bytes.length));
    next(async () => {
      for (let said = 0; said < endlessBytes && socket.writable; said += many.length) {
        socket.write(many, "latin1");
        await twoTicks();
      }
    });
  };
  const withoutReply = (act: string): Performed => {
    if (act === "reset") next(() => reset(socket));
    else if (act !== "silence") end();
    return { said: "", isDeaf: act !== "half-close" };
  };

  return {
    perform(act, usual) {
      const due = lines(usual);
      if (typeof act === "string") {
        if (["close", "reset", "silence", "half-close"].includes(act)) return withoutReply(act);
        say(lines(act));
        return { said: act };
      }
      if ("endless" in act) {
        sayEndlessly(act.endless);
        return { said: act.endless };
      }
      if ("early" in act) {
        // At once means in one packet.
        if (!act.later) say(lines(act.early) + due);
        else {
          say(lines(act.early));
          wait(act.later);
          say(due);
        }
      } else if ("late" in act) {
        if (!act.after) say(due + lines(act.late));
        else {
          say(due);
          wait(act.after);
          say(lines(act.late));
        }
      } else if ("closing" in act) {
        say(due);
        end();
        return { said: due, isDeaf: true };
      } else {
        const bytes = act.bytes ?? due;
        sayInPieces(bytes, act.pieceBytes ?? bytes.length, act.everyMilliseconds);
        return { said: bytes };
      }
      return { said: due };
    },
    end,
    afterwards: next,
  };
}

function lines(text: string): string {
  return text && `${text.replace(/\r?\n/g, "\r\n")}\r\n`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function twoTicks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

/** A TLS socket has no reset of its own; its close in the middle of a record is as abrupt. */
function reset(socket: Socket): void {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}
