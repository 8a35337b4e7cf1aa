import type { AccountRequests } from "@email-agent/shared/adapters/accountRequests.ts";
import type { BounceMailboxes } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Secrets } from "@email-agent/shared/adapters/secrets.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { bounceMailboxKey } from "@email-agent/shared/domain/bounces/bounceMailbox.ts";
import {
  type AccountLine,
  type AccountRequest,
  requestAttempts,
  requestLeaseMilliseconds,
} from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { pauseWords, unknownPause } from "@email-agent/shared/domain/delivery/waiting.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import { checkAccount } from "../accountCheck/checkAccount.ts";
import { bounceMailboxLine } from "../accountCheck/checkBounceMailbox.ts";
import { sendTrial, type TrialConfig, type TrialPorts } from "./sendTrial.ts";

export interface RequestPorts extends TrialPorts {
  readonly accountRequests: AccountRequests;
  readonly config: Pick<ConfigTable, "account">;
  /** Secrets that are read from the store at each call. */
  readonly freshSecrets: Pick<Secrets, "get">;
  readonly bounceMailboxes: Pick<BounceMailboxes, "get">;
}

export type RequestConfig = TrialConfig & Parameters<typeof checkAccount>[1]["config"];

/** All of a request; each connection of it takes less. */
const wholeMilliseconds = 90_000;
/** A check does not disturb a Send: it waits this long for one of the account's connections, and then does without. */
const slotPatienceMilliseconds = 15_000;

/** A request that this sender holds. */
interface Held {
  readonly request: AccountRequest;
  readonly signal: AbortSignal;
  /** Adds a line for the browser. */
  say(line: AccountLine): Promise<void>;
  /** Says that the message of a trial mail begins; false if the request was taken over. */
  begin(): Promise<boolean>;
}

/**
 * Claims a request and does it. A request whose sender died is done again by the next one, up to three times; a trial mail that
 * may have begun is not. Rejects only for transient errors of the table.
 */
export async function workOnRequest(
  ports: RequestPorts,
  config: RequestConfig,
  open: AccountRequest,
  stopping: AbortSignal,
): Promise<void> {
  const { accountRequests, clock } = ports;
  const worker = newWorkerName();
  const { sk } = open;
  const request = await accountRequests.claim(open, worker, clock.now());
  if (!request) return;
  const lost = new AbortController();
  const unlessLost = (isHeld: boolean) => {
    if (!isHeld) lost.abort(new AppError("lease-lost", "Another sender has taken the request over."));
    return isHeld;
  };
  const renewing = setInterval(() => {
    // A renewal that fails is made again; the claim of another sender decides.
    accountRequests.renew(sk, worker, clock.now()).then(unlessLost, () => undefined);
  }, requestLeaseMilliseconds / 4);
  const held: Held = {
    request,
    signal: AbortSignal.any([stopping, lost.signal, AbortSignal.timeout(wholeMilliseconds)]),
    async say(line) {
      unlessLost(await accountRequests.addLine(sk, worker, line, clock.now()));
      lost.signal.throwIfAborted();
    },
    begin: async () => unlessLost(await accountRequests.begin(sk, worker, clock.now())),
  };
  try {
    const pause = await doRequest(ports, config, held);
    await accountRequests.finish(sk, worker, { ...(pause && { pause }) });
  } catch (error) {
    if (lost.signal.aborted) return;
    if (stopping.aborted) return void (await accountRequests.release(sk, worker));
    ports.log.warn({ error, request: sk, kind: request.kind }, "a request for an account was not finished");
    await held.say(endLine(error, held.signal.aborted));
    await accountRequests.finish(sk, worker, {});
  } finally {
    clearInterval(renewing);
  }
}

/** Returns the pause of the account where that was asked. */
async function doRequest(ports: RequestPorts, config: RequestConfig, held: Held): Promise<AccountRequest["pause"]> {
  const { request, say } = held;
  if (request.attempts > requestAttempts) {
    const times = counted(requestAttempts, "sender", "senders");
    await say(ended(`${times} ended in the middle of it.`, "See the logs of the senders."));
    return undefined;
  }
  const account = await ports.config.account(request.account);
  if (!account) {
    await say(ended(`There is no account "${request.account}".`, "Add it in the settings."));
    return undefined;
  }
  if (request.kind === "trial") await say(await sendTrial(ports, config, account, held));
  if (request.kind === "check") await check(ports, config, account, held);
  return request.kind === "state" ? pauseOf(ports, account) : undefined;
}

async function check(ports: RequestPorts, config: RequestConfig, account: Account, held: Held): Promise<void> {
  const { limiter, freshSecrets: secrets, clock } = ports;
  const { signal } = held;
  const slot = await limiter.takeSlot(account, slotPatienceMilliseconds, signal);
  const { maxConnections } = account;
  const busy = `Sends use ${maxConnections === 1 ? "the one connection" : `all ${maxConnections} connections`} of the account`;
  try {
    const ask = { secrets, config, now: clock.now(), signal, ...(!slot && { unconnected: busy }) };
    for await (const line of checkAccount(account, ask)) await held.say(line);
    const { bounceMailbox: mailbox } = account;
    if (!mailbox) return;
    await held.say(bounceMailboxLine(mailbox, await ports.bounceMailboxes.get(bounceMailboxKey(mailbox)), clock.now()));
  } finally {
    await slot?.[Symbol.asyncDispose]();
  }
}

async function pauseOf({ limiter }: RequestPorts, account: Account): Promise<AccountRequest["pause"]> {
  const pause = await limiter.pause(account);
  return pause && { until: instant(pause.until), because: pauseWords(pause.pausedFor) ?? unknownPause };
}

function endLine(error: unknown, isLate: boolean): AccountLine {
  if (isLate)
    return ended("It took too long and was ended.", "Try again; look whether the mail server and DNS respond.");
  if (error instanceof AppError) return ended(error.message, "Repair that, then try again.");
  return ended("It failed unexpectedly.", "See the logs of the senders.");
}

function ended(text: string, repair: string): AccountLine {
  return { id: "end", title: "Not finished", verdict: "fail", text, repair };
}
