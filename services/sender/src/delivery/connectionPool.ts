import type { Account } from "@email-agent/shared/domain/account.ts";
import { smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { ConnectionSlot } from "../limits/connectionSlots.ts";
import type { Mailer } from "../smtp/mailer.ts";
import { type SessionLimit, sessionLimit } from "../smtp/sessionLimit.ts";

/** Connection pool: the SMTP connections of this process, per account, shared by everything that sends here. */
export interface ConnectionPool extends AsyncDisposable {
  /** Marks the account as in use here until disposed: its connections are shared with other processes, but not left to them. */
  join(account: Account): Disposable;
  /** True once at least one connection of the account is held here; false if no slot came free within the patience. */
  ready(account: Account, patienceMilliseconds: number, signal: AbortSignal): Promise<boolean>;
  /** How long before use a connection should be opened: as long as the last one took; 0 while one is held here. */
  openingMilliseconds(account: Account): number;
  /** Runs `work` on the next free connection, first come first served. Rejects with `signal.reason` while waiting. */
  use<Result>(account: Account, signal: AbortSignal, work: (mailer: Mailer) => Promise<Result>): Promise<Result>;
}

interface PoolPorts {
  readonly limiter: AccountLimiter;
  readonly openMailer: (account: Account, limit: SessionLimit) => Promise<Mailer>;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Opens connections as there is work for them, up to the account's slots, and closes one that was idle for
 * `idleMilliseconds` (its TTL), or earlier for another process that waits for a slot. A changed account (new host, new
 * password) gets connections of its own.
 */
export function connectionPool(ports: PoolPorts, limits: { idleMilliseconds: number }): ConnectionPool {
  const accounts = new Map<string, AccountConnections>();
  const of = (account: Account) => {
    // Sorted: the table returns the fields of an account in any order. What does not change a connection is left out.
    const used = Object.entries(account).filter(([field]) => !unused.has(field));
    const key = JSON.stringify(used.sort());
    const found = accounts.get(key) ?? accountConnections(ports, account, limits.idleMilliseconds);
    accounts.set(key, found);
    return found;
  };
  return {
    join: (account) => of(account).join(),
    ready: (account, patienceMilliseconds, signal) => of(account).ready(patienceMilliseconds, signal),
    openingMilliseconds: (account) => of(account).openingMilliseconds(),
    use: (account, signal, work) => of(account).use(signal, work),
    async [Symbol.asyncDispose]() {
      await Promise.all([...accounts.values()].map((connections) => connections.close()));
      accounts.clear();
    },
  };
}

const unused = new Set(["paused", "receivingLimits", "warmUp", "dkimNext", "version", "changedAt", "changedBy"]);

interface PooledConnection {
  readonly mailer: Mailer;
  readonly slot: ConnectionSlot;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  idle?: AbortController | undefined;
}

type AccountConnections = ReturnType<typeof accountConnections>;

/** A server may be silent for minutes while a connection is set up: a caller may leave, and the next one gets the connection. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", leave));
}

/** How long a message that found every slot taken elsewhere waits before the next try. */
const slotRetryMilliseconds = 500;

/** Idle connections check this often whether another process waits for a slot. */
const wantedPollMilliseconds = 250;
/** Where several processes send with one account, a connection stays with each this long at least. */
const shareMilliseconds = 20_000;

/** A server that takes even longer is not connected in advance. */
const longestOpeningMilliseconds = 10_000;

/** Opens a connection; gives it back, and returns false, if the server allows fewer than the account has, which is no reason to pause it. */
async function openOrGiveBack({ mailer, slot }: PooledConnection, account: Account, log: Log): Promise<boolean> {
  const response = await mailer.ready();
  if (response?.code === undefined || smtpVerdict(response, account).account !== "throttled") return true;
  const allowed = await slot.refused();
  if (allowed === undefined) return true;
  const facts = { account: account.name, allowed, maxConnections: account.maxConnections };
  log.warn(facts, "the mail server takes fewer connections than the account may open: for a while there are no more");
  await mailer[Symbol.asyncDispose]().finally(() => slot[Symbol.asyncDispose]());
  return false;
}

function accountConnections(
  { limiter, openMailer, log, clock }: PoolPorts,
  account: Account,
  idleMilliseconds: number,
) {
  const limit = sessionLimit(account.messagesPerConnection, clock);
  const idle: PooledConnection[] = [];
  const waiting: { resolve: (connection: PooledConnection) => void; reject: (reason: unknown) => void }[] = [];
  const closing = new Set<Promise<void>>();
  const closed = new AbortController();
  let open = 0;
  let growing: Promise<boolean> | undefined;
  let openingMilliseconds = 0;
  let users = 0;
  let wantedPolledAt = Number.NEGATIVE_INFINITY;

  const grow = (patienceMilliseconds: number) => {
    growing ??= openConnection(patienceMilliseconds).finally(() => {
      growing = undefined;
    });
    return growing;
  };
  const openConnection = async (patienceMilliseconds: number): Promise<boolean> => {
    if (open >= account.maxConnections || closed.signal.aborted) return false;
    const slot = await limiter.takeSlot(account, patienceMilliseconds, closed.signal);
    if (!slot) return false;
    try {
      const startedAt = clock.monotonic();
      const connection: PooledConnection = { slot, mailer: await openMailer(account, limit), openedAt: startedAt };
      if (!(await openOrGiveBack(connection, account, log))) return false;
      openingMilliseconds = clock.monotonic() - startedAt;
      open += 1;
      slot.lost.addEventListener("abort", () => closeIdle(connection), { once: true });
      release(connection);
      return true;
    } catch (error) {
      await slot[Symbol.asyncDispose]();
      throw error;
    }
  };
  const release = (connection: PooledConnection) => {
    // Redis forgot the slot and another process took it: this connection is one too many.
    if (connection.slot.lost.aborted || closed.signal.aborted) {
      close(connection);
      if (waiting.length > 0) void serveWaiting();
      return;
    }
    const next = waiting.shift();
    if (next) return next.resolve(connection);
    idle.push(connection);
    void watchIdle(connection);
  };
  const watchIdle = async (connection: PooledConnection) => {
    const watch = new AbortController();
    connection.idle = watch;
    const idleSince = clock.monotonic();
    try {
      while (clock.monotonic() - idleSince < idleMilliseconds && !(await isWanted(connection))) {
        const left = idleSince + idleMilliseconds - clock.monotonic();
        await clock.sleep(Math.max(0, Math.min(wantedPollMilliseconds, left)), watch.signal);
      }
    } catch (error) {
      if (watch.signal.aborted) return;
      log.warn(
        { error, account: account.name },
        "an idle connection is closed: whether another process waits for it could not be read",
      );
    }
    if (!watch.signal.aborted) closeIdle(connection);
  };
  const isWanted = async ({ openedAt }: PooledConnection): Promise<boolean> => {
    const now = clock.monotonic();
    if (users > 0 && now - openedAt < shareMilliseconds) return false;
    // Busy connections are idle for moments only, and one check serves all of an account.
    if (now - wantedPolledAt < wantedPollMilliseconds / 2) return false;
    wantedPolledAt = now;
    return limiter.slotWanted(account);
  };
  const closeIdle = (connection: PooledConnection) => {
    const index = idle.indexOf(connection);
    if (index < 0) return;
    idle.splice(index, 1);
    close(connection);
  };
  const close = (connection: PooledConnection) => {
    connection.idle?.abort();
    open -= 1;
    const done = connection.mailer[Symbol.asyncDispose]()
      .finally(() => connection.slot[Symbol.asyncDispose]())
      .catch((error) => log.warn({ error, account: account.name }, "closing a connection failed"))
      .finally(() => closing.delete(done));
    closing.add(done);
  };
  /** Opens connections for the callers that wait, one at a time, as long as slots are free. */
  const serveWaiting = async () => {
    try {
      while (waiting.length > 0 && open < account.maxConnections) {
        if (await grow(0)) continue;
        if (open > 0 || closed.signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, slotRetryMilliseconds));
      }
    } catch (error) {
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  };
  const nextConnection = (signal: AbortSignal): Promise<PooledConnection> => {
    const connection = idle.pop();
    if (connection) {
      connection.idle?.abort();
      return Promise.resolve(connection);
    }
    const { promise, resolve, reject } = Promise.withResolvers<PooledConnection>();
    const entry = { resolve, reject };
    const leave = () => {
      const index = waiting.indexOf(entry);
      if (index < 0) return;
      waiting.splice(index, 1);
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
      return open > 0 || (await untilAborted(grow(patienceMilliseconds), signal)) || open > 0;
    },
    // An idle connection may be closed by then: only one in use counts as held.
    openingMilliseconds: () =>
      open > idle.length ? 0 : Math.min(openingMilliseconds * 1.5, longestOpeningMilliseconds),
    async use<Result>(signal: AbortSignal, work: (mailer: Mailer) => Promise<Result>): Promise<Result> {
      signal.throwIfAborted();
      const connection = await nextConnection(signal);
      try {
        return await work(connection.mailer);
      } finally {
        release(connection);
      }
    },
    async close() {
      closed.abort();
      for (const connection of idle.splice(0)) close(connection);
      await Promise.all(closing);
    },
  };
}
