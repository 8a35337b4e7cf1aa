import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { ConnectionSlot } from "../limits/connectionSlots.ts";
import type { Mailer } from "../smtp/mailer.ts";
import { type SessionLimit, sessionLimit } from "../smtp/sessionLimit.ts";

/** The connections of this process, per account, shared by everything that sends here. */
export interface MailerPool extends AsyncDisposable {
  /** Somebody sends with this account until disposed: its connections are shared with other processes, but not left to them. */
  join(account: Account): Disposable;
  /** True once at least one connection of the account is held here; false if no slot came free within the patience. */
  ready(account: Account, patienceMilliseconds: number, signal: AbortSignal): Promise<boolean>;
  /** How long before it is needed a connection should be opened: as long as the last one took; 0 while one is held here. */
  openingMilliseconds(account: Account): number;
  /** Runs `work` on the next free connection, first come first served. Rejects with `signal.reason` while waiting. */
  use<Result>(account: Account, signal: AbortSignal, work: (mailer: Mailer) => Promise<Result>): Promise<Result>;
}

interface PoolPorts {
  readonly limiter: AccountLimiter;
  readonly openMailer: (account: Account, session: SessionLimit) => Promise<Mailer>;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Opens connections as there is work for them, up to the account's slots, and closes what was idle for
 * `idleMilliseconds`, or earlier for another process that waits for a slot. A changed account (new host, new password) gets connections of its own.
 */
export function mailerPool(ports: PoolPorts, limits: { idleMilliseconds: number }): MailerPool {
  const accounts = new Map<string, AccountMailers>();
  const of = (account: Account) => {
    // Sorted: the table answers the fields of one and the same account in any order.
    const key = JSON.stringify(Object.entries(account).sort());
    const found = accounts.get(key) ?? accountMailers(ports, account, limits.idleMilliseconds);
    accounts.set(key, found);
    return found;
  };
  return {
    join: (account) => of(account).join(),
    ready: (account, patienceMilliseconds, signal) => of(account).ready(patienceMilliseconds, signal),
    openingMilliseconds: (account) => of(account).openingMilliseconds(),
    use: (account, signal, work) => of(account).use(signal, work),
    async [Symbol.asyncDispose]() {
      await Promise.all([...accounts.values()].map((mailers) => mailers.close()));
      accounts.clear();
    },
  };
}

interface Lane {
  readonly mailer: Mailer;
  readonly slot: ConnectionSlot;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  idle?: AbortController | undefined;
}

type AccountMailers = ReturnType<typeof accountMailers>;

/** A server may be silent for minutes while a connection is set up: whoever waits may leave, the connection is for the next. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", leave));
}

/** How long a message that found every slot taken elsewhere waits before it asks for one again. */
const slotRetryMilliseconds = 500;

/** Idle connections look this often whether another process waits for a slot. */
const wantedLookMilliseconds = 250;
/** Where several processes send with one account, a connection stays with each this long at least. */
const shareMilliseconds = 20_000;

/** A server that keeps a connection waiting even longer is not waited for in advance. */
const longestOpeningMilliseconds = 10_000;

function accountMailers({ limiter, openMailer, log, clock }: PoolPorts, account: Account, idleMilliseconds: number) {
  const session = sessionLimit(account.messagesPerConnection, clock);
  const idle: Lane[] = [];
  const waiting: { resolve: (lane: Lane) => void; reject: (reason: unknown) => void }[] = [];
  const closing = new Set<Promise<void>>();
  const closed = new AbortController();
  let lanes = 0;
  let growing: Promise<boolean> | undefined;
  let opening = 0;
  let users = 0;
  let wantedAskedAt = Number.NEGATIVE_INFINITY;

  const grow = (patienceMilliseconds: number) => {
    growing ??= openLane(patienceMilliseconds).finally(() => {
      growing = undefined;
    });
    return growing;
  };
  const openLane = async (patienceMilliseconds: number): Promise<boolean> => {
    if (lanes >= account.maxConnections || closed.signal.aborted) return false;
    const slot = await limiter.takeSlot(account, patienceMilliseconds, closed.signal);
    if (!slot) return false;
    try {
      const startedAt = clock.monotonic();
      const lane: Lane = { slot, mailer: await openMailer(account, session), openedAt: startedAt };
      await lane.mailer.ready();
      opening = clock.monotonic() - startedAt;
      lanes += 1;
      slot.lost.addEventListener("abort", () => closeIdle(lane), { once: true });
      release(lane);
      return true;
    } catch (error) {
      await slot[Symbol.asyncDispose]();
      throw error;
    }
  };
  const release = (lane: Lane) => {
    // Redis forgot the slot and another process has it: this connection is one too many.
    if (lane.slot.lost.aborted || closed.signal.aborted) {
      close(lane);
      if (waiting.length > 0) void serveWaiting();
      return;
    }
    const next = waiting.shift();
    if (next) return next.resolve(lane);
    idle.push(lane);
    void watchIdle(lane);
  };
  const watchIdle = async (lane: Lane) => {
    const watch = new AbortController();
    lane.idle = watch;
    const idleSince = clock.monotonic();
    try {
      while (clock.monotonic() - idleSince < idleMilliseconds && !(await isWanted(lane))) {
        const left = idleSince + idleMilliseconds - clock.monotonic();
        await clock.sleep(Math.max(0, Math.min(wantedLookMilliseconds, left)), watch.signal);
      }
    } catch (error) {
      if (watch.signal.aborted) return;
      log.warn(
        { error, account: account.name },
        "an idle connection is closed: whether another process waits for it could not be read",
      );
    }
    if (!watch.signal.aborted) closeIdle(lane);
  };
  const isWanted = async ({ openedAt }: Lane): Promise<boolean> => {
    const now = clock.monotonic();
    if (users > 0 && now - openedAt < shareMilliseconds) return false;
    // Busy connections are idle for moments only, and all of one account would ask the same.
    if (now - wantedAskedAt < wantedLookMilliseconds / 2) return false;
    wantedAskedAt = now;
    return limiter.slotWanted(account);
  };
  const closeIdle = (lane: Lane) => {
    const place = idle.indexOf(lane);
    if (place < 0) return;
    idle.splice(place, 1);
    close(lane);
  };
  const close = (lane: Lane) => {
    lane.idle?.abort();
    lanes -= 1;
    const done = lane.mailer[Symbol.asyncDispose]()
      .finally(() => lane.slot[Symbol.asyncDispose]())
      .catch((error) => log.warn({ error, account: account.name }, "closing a connection failed"))
      .finally(() => closing.delete(done));
    closing.add(done);
  };
  /** Opens what those who wait need, one connection at a time, as long as slots are to be had. */
  const serveWaiting = async () => {
    try {
      while (waiting.length > 0 && lanes < account.maxConnections) {
        if (await grow(0)) continue;
        if (lanes > 0 || closed.signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, slotRetryMilliseconds));
      }
    } catch (error) {
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  };
  const nextLane = (signal: AbortSignal): Promise<Lane> => {
    const lane = idle.pop();
    if (lane) {
      lane.idle?.abort();
      return Promise.resolve(lane);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Lane>();
    const entry = { resolve, reject };
    const leave = () => {
      const place = waiting.indexOf(entry);
      if (place < 0) return;
      waiting.splice(place, 1);
      reject(signal.reason);
    };
    waiting.push(entry);
    signal.addEventListener("abort", leave, { once: true });
    void serveWaiting();
    return promise.finally(() => signal.removeEventListener("abort", leave));
  };

  return {
    join() {
      users += 1;
      return {
        [Symbol.dispose]() {
          users -= 1;
        },
      };
    },
    async ready(patienceMilliseconds: number, signal: AbortSignal): Promise<boolean> {
      signal.throwIfAborted();
      return lanes > 0 || (await untilAborted(grow(patienceMilliseconds), signal)) || lanes > 0;
    },
    // A connection may be idle by then and closed: it counts as held only while somebody uses it.
    openingMilliseconds: () => (lanes > idle.length ? 0 : Math.min(opening * 1.5, longestOpeningMilliseconds)),
    async use<Result>(signal: AbortSignal, work: (mailer: Mailer) => Promise<Result>): Promise<Result> {
      signal.throwIfAborted();
      const lane = await nextLane(signal);
      try {
        return await work(lane.mailer);
      } finally {
        release(lane);
      }
    },
    async close() {
      closed.abort();
      for (const lane of idle.splice(0)) close(lane);
      await Promise.all(closing);
    },
  };
}
