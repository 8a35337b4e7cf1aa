import type { Clock } from "@email-agent/shared/kit/clock.ts";

/** Per-session limit: how many messages a connection of one account carries before it reconnects. */
export interface SessionLimit {
  readonly messages: number;
  /** The server took `messages` on one connection and refused the next for their number. */
  reached(messages: number): void;
}

/** After this the account's own number applies again; if the server's limit is still lower, one refused command shows it. */
const rememberedMilliseconds = 600_000;

/** The account's `messagesPerConnection`, and below it what the server was last seen to allow. */
export function sessionLimit(messagesPerConnection: number, clock: Pick<Clock, "monotonic">): SessionLimit {
  let seen = messagesPerConnection;
  let seenAt = Number.NEGATIVE_INFINITY;
  const isRemembered = () => clock.monotonic() - seenAt < rememberedMilliseconds;
  const messages = () => (isRemembered() ? Math.min(seen, messagesPerConnection) : messagesPerConnection);
  return {
    get messages() {
      return messages();
    },
    reached(count) {
      seen = Math.max(1, Math.min(count, messages()));
      seenAt = clock.monotonic();
    },
  };
}
