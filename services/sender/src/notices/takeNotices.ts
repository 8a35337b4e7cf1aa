import type { NoticeRequest } from "@email-agent/shared/domain/notices/notice.ts";
import { noticeLeaseMilliseconds } from "@email-agent/shared/domain/notices/notice.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import type { NoticeMailConfig } from "./noticeMail.ts";
import { type NoticePorts, sendNotice } from "./sendNotice.ts";

/** A request waits this long at most before an idle sender sees it. */
const pollMilliseconds = 5000;
/** All mails of a notice at one try. */
const wholeMilliseconds = 90_000;

/**
 * Mails the notices that notifiers decided: looks for requests every five seconds, and works on one notice at a time, or on all
 * of a work order that waited for the next hour. Disposing waits for the mail that is on the wire; another sender does the rest.
 */
export function takeNotices(ports: NoticePorts, config: NoticeMailConfig, shutdown: AbortSignal): AsyncDisposable {
  const { noticeRequests, clock, log } = ports;
  const stop = new AbortController();
  const stopping = AbortSignal.any([shutdown, stop.signal]);

  const look = async () => {
    for (const together of groupsOf(await noticeRequests.open(clock.now()))) {
      if (stopping.aborted) return;
      await workOnNotices(ports, config, together, stopping);
    }
  };
  const looking = (async () => {
    while (!stopping.aborted) {
      await look().catch((error) => {
        const level = isTransient(error) ? "warn" : "error";
        if (!stopping.aborted) log[level]({ error }, "notices could not be mailed; trying again");
      });
      await clock.sleep(pollMilliseconds, stopping).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}

/**
 * Those of one work order that waited for the next hour come in one mail, each other in a mail of its own; so does one that
 * some have got already, for they would miss the rest.
 */
function groupsOf(requests: readonly NoticeRequest[]): NoticeRequest[][] {
  const isJoined = ({ summed, begun }: NoticeRequest) => summed && begun.size === 0;
  const joined = Map.groupBy(requests.filter(isJoined), ({ workOrderId }) => workOrderId);
  return [...requests.filter((request) => !isJoined(request)).map((request) => [request]), ...joined.values()];
}

async function workOnNotices(
  ports: NoticePorts,
  config: NoticeMailConfig,
  requests: readonly NoticeRequest[],
  stopping: AbortSignal,
): Promise<void> {
  const { noticeRequests, clock, log } = ports;
  const worker = newWorkerName();
  const claims = await Promise.all(requests.map((request) => noticeRequests.claim(request, worker, clock.now())));
  const [first, ...others] = claims.flatMap((request) => request ?? []);
  if (!first) return;
  const notices = [first, ...others] as const;
  const lost = new AbortController();
  const all = async (write: (sk: string) => Promise<boolean>) => {
    const written = await Promise.all(notices.map(({ sk }) => write(sk)));
    return written.every(Boolean);
  };
  const renewing = setInterval(() => {
    all((sk) => noticeRequests.renew(sk, worker, clock.now())).then(
      (held) => held || lost.abort(new AppError("lease-lost", "Another sender has taken the notice over.")),
      // A renewal that fails is made again; the claim of another sender decides.
      () => undefined,
    );
  }, noticeLeaseMilliseconds / 4);
  const signal = AbortSignal.any([stopping, lost.signal, AbortSignal.timeout(wholeMilliseconds)]);
  const putOff = (until: number, summed = false) => all((sk) => noticeRequests.putOff(sk, worker, until, { summed }));
  try {
    const end = await sendNotice(ports, config, {
      ...{ notices, signal },
      async begin(recipient) {
        if (signal.aborted) return false;
        const begun = await Promise.all(notices.map(({ sk }) => noticeRequests.begin(sk, worker, recipient)));
        if (begun.every(Boolean)) return true;
        // All of them or none: the mail is about all.
        await Promise.all(notices.map(({ sk }, n) => begun[n] && noticeRequests.unbegin(sk, worker, recipient)));
        return false;
      },
      unbegin: async (recipient) => void (await all((sk) => noticeRequests.unbegin(sk, worker, recipient))),
    });
    if ("until" in end) return void (await putOff(end.until, end.summed));
    await all((sk) => noticeRequests.finish(sk, worker, end));
    const { workOrderId, sk } = first;
    log.info({ workOrderId, notice: sk, together: notices.length, ...end }, "a notice ended");
  } catch (error) {
    if (lost.signal.aborted) return;
    await putOff(clock.now() + (stopping.aborted ? 0 : pollMilliseconds * 2));
    if (!stopping.aborted) throw error;
  } finally {
    clearInterval(renewing);
  }
}
