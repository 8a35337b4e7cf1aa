import type { BounceMailboxes, MailboxState } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError, dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { keepLease, type Lease } from "@email-agent/shared/run/keepLease.ts";
import { type MailboxAccess, type MailboxSession, openMailbox } from "./mailboxSession.ts";
import { type MailFate, type MailPorts, takeMail } from "./takeMail.ts";

export interface MailboxPorts extends MailPorts {
  readonly mailboxes: Pick<BounceMailboxes, "hold" | "save">;
  /** Names this process. */
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly trustedCertificates?: string | undefined;
}

export interface MailboxTimes {
  /** Longest wait for a mail where the server does not announce it. */
  readonly pollMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** Nothing begins once the last renewal of the lease is this old. */
  readonly proofMilliseconds: number;
  /** Another process reads once the lease was not renewed for this long. */
  readonly leaseMilliseconds: number;
  readonly firstBackoffMilliseconds: number;
  readonly longestBackoffMilliseconds: number;
  /** A mail that reports one that is being sent is taken again after this. */
  readonly laterMilliseconds: number;
}

const minute = 60_000;
export const mailboxTimes: MailboxTimes = Object.freeze({
  pollMilliseconds: minute,
  heartbeatMilliseconds: 15_000,
  proofMilliseconds: 40_000,
  leaseMilliseconds: 90_000,
  firstBackoffMilliseconds: 5_000,
  longestBackoffMilliseconds: 10 * minute,
  laterMilliseconds: 30_000,
});

/** A folder that is read for the first time may hold years of mail; a bounce comes within days, a complaint within weeks. */
const oldestMilliseconds = 90 * 24 * 60 * minute;
/** UIDs between two notes of how far the reading is. */
const pageLength = 25;
/** A mail that was to be taken later this often is flagged for a person. */
const mostTries = 20;

/**
 * Reads one bounce mailbox until `signal` aborts: signs in, takes each new mail in order, waits for more, and begins again after
 * a failure, with growing pauses. One process at a time reads, by a lease; a reader that was frozen begins nothing when it wakes.
 */
export async function readMailbox(
  ports: MailboxPorts,
  { key, access }: { readonly key: string; readonly access: () => Promise<MailboxAccess> },
  signal: AbortSignal,
  times: MailboxTimes = mailboxTimes,
): Promise<void> {
  const { mailboxes, holder, clock, log } = ports;
  let failures = 0;
  while (!signal.aborted) {
    let wait = times.leaseMilliseconds / 3;
    try {
      const renewedAt = clock.monotonic();
      const now = clock.now();
      const state = await mailboxes.hold(key, holder, now, now + times.leaseMilliseconds);
      if (state) {
        const read = () => {
          failures = 0;
        };
        await readHeld(ports, { key, access, state, renewedAt, times, read }, signal);
        wait = 0;
      }
    } catch (error) {
      if (signal.aborted) break;
      failures += 1;
      wait = Math.min(times.firstBackoffMilliseconds * 2 ** (failures - 1), times.longestBackoffMilliseconds);
      log.warn({ error, mailbox: key, failures }, "a bounce mailbox could not be read; trying again");
      await noteProblem(ports, key, error, wait + times.leaseMilliseconds).catch(() => undefined);
    }
    await clock.sleep(wait, signal).catch(() => undefined);
  }
  // Another process need not wait until the lease has run out.
  const now = clock.now();
  await mailboxes.hold(key, holder, now, now).catch(() => undefined);
}

/** Says in the state why the mailbox is not read. The lease stays until the next try, so that no other process signs in meanwhile. */
async function noteProblem(ports: MailboxPorts, key: string, error: unknown, milliseconds: number): Promise<void> {
  const { mailboxes, holder, clock } = ports;
  if (dispositionOf(error) === "interrupted") return;
  const now = clock.now();
  const state = await mailboxes.hold(key, holder, now, now + milliseconds);
  if (!state) return;
  const text = error instanceof AppError ? error.message : "It could not be read; the log of ingest says more.";
  const since = state.problem?.since ?? instant(now);
  await mailboxes.save(key, holder, { problem: { text, since } });
}

interface Held {
  readonly key: string;
  readonly access: () => Promise<MailboxAccess>;
  readonly state: MailboxState;
  readonly renewedAt: number;
  readonly times: MailboxTimes;
  /** Called each time the folder was read to its end. */
  readonly read: () => void;
}

async function readHeld(ports: MailboxPorts, held: Held, shutdown: AbortSignal): Promise<void> {
  const { mailboxes, holder, clock, log } = ports;
  const { key, renewedAt, times } = held;
  await using lease = keepLease({
    name: `the bounce mailbox ${key}`,
    ...{ renewedAt, shutdown, clock, log, times },
    async renew() {
      const now = clock.now();
      if (await mailboxes.hold(key, holder, now, now + times.leaseMilliseconds)) return true;
      throw new AppError("lease-lost", `Another process reads the bounce mailbox ${key}.`);
    },
  });
  const { trustedCertificates } = ports;
  await using session = await openMailbox(await held.access(), { signal: lease.signal, clock, trustedCertificates });
  await readSession(ports, held, session, lease);
}

async function readSession(ports: MailboxPorts, held: Held, session: MailboxSession, lease: Lease): Promise<never> {
  const { clock } = ports;
  const { state, times } = held;
  const { uidValidity } = session;
  // Another UIDVALIDITY: the server numbers its mails anew, and what is left is read again.
  let seen = state.uidValidity === uidValidity ? (state.lastUid ?? 0) : 0;
  const later = new Map<number, number>();
  const note = async (more: { readonly readAt?: string; readonly problem?: undefined } = {}) => {
    const lastUid = Math.min(seen, ...[...later.keys()].map((uid) => uid - 1));
    if (!(await ports.mailboxes.save(held.key, ports.holder, { uidValidity, lastUid, ...more })))
      throw new AppError("lease-lost", `Another process reads the bounce mailbox ${held.key}.`);
  };
  for (;;) {
    const uids = [...later.keys(), ...(await session.uidsAbove(seen, clock.now() - oldestMilliseconds))];
    for (const [place, uid] of uids.entries()) {
      lease.prove();
      const fate = await takeUid(ports, session, uid);
      lease.prove();
      const tries = (later.get(uid) ?? 0) + 1;
      if (fate === "later" && tries < mostTries) later.set(uid, tries);
      else later.delete(uid);
      await settle(session, uid, fate === "later" && tries >= mostTries ? "flag" : fate);
      seen = Math.max(seen, uid);
      if (place % pageLength === pageLength - 1) await note();
    }
    await note({ readAt: instant(clock.now()), problem: undefined });
    held.read();
    await session.waitForMail(later.size > 0 ? times.laterMilliseconds : times.pollMilliseconds);
  }
}

/** A mail that is gone was taken by a person: nothing is left to do. */
async function takeUid(ports: MailboxPorts, session: MailboxSession, uid: number): Promise<MailFate> {
  const source = await session.fetch(uid);
  return source ? takeMail(ports, source) : "leave";
}

/** Only after a mail was taken: a crash between the two takes it twice, which changes nothing. */
async function settle(session: MailboxSession, uid: number, fate: MailFate): Promise<void> {
  if (fate === "file") await session.file(uid);
  else if (fate === "flag") await session.flag(uid);
}
