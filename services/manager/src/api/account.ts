import type { AccountLine, AccountRequestKind } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";

/** `POST /api/settings/accounts/{name}/requests`: what a sender is to do. */
export interface AskSendersBody {
  readonly kind: AccountRequestKind;
  /** Of a trial mail: the address. */
  readonly to?: string;
}

/** `GET /api/settings/accounts/{name}/requests/{id}`: what a sender has found so far. */
export interface AccountReport {
  readonly id: string;
  readonly kind: AccountRequestKind;
  readonly at: string;
  readonly status: "asked" | "working" | "done";
  readonly lines: readonly AccountLine[];
  /** Of `state`: how the senders themselves paused the account. */
  readonly pause?: { readonly until: string; readonly because: string };
}

/** A DKIM key without its private half. */
export interface ShownKey {
  readonly domain: string;
  readonly selector: string;
  /** The record to publish; absent for a key that was not made here and is kept in Secrets Manager. */
  readonly record?: ShownRecord;
}

interface ShownRecord {
  readonly name: string;
  readonly value: string;
  /** The value in strings of at most 255 characters, for forms that want them apart. */
  readonly strings: readonly string[];
}

/** `GET /api/settings/accounts/{name}/state`, and the result of every change of it. */
export interface AccountState {
  readonly used: number;
  readonly remaining: number;
  /** Of today, where a warm-up limits it. */
  readonly quotaPer24h: number;
  /** Receiving domain groups that asked to slow down: how many mails a second they get, and until when, if they are not refused again. */
  readonly slowed: readonly {
    readonly group: string;
    readonly perSecond: number;
    readonly raisedAt: Instant;
    readonly asBeforeAt: Instant;
  }[];
  /** While a warm-up goes on: its day, from 1, the quota of each day, and that of the account behind them. */
  readonly warmUp?: { readonly day: number; readonly days: readonly number[]; readonly quotaAfter: number };
  /** `by` is a name. `forReturnedMail`: the system paused it, and a person who resumes it says why. */
  readonly paused?: {
    readonly by: string;
    readonly at: string;
    readonly reason: string;
    readonly forReturnedMail?: boolean;
  };
  /** Of its last thousand mails: how many bounced hard or soft, and how many were marked as spam. */
  readonly returned: {
    readonly used: number;
    readonly hard: number;
    readonly soft: number;
    readonly complained: number;
    readonly verdict: "in-order" | "warning" | "pause";
  };
  /** A person lets it go on in spite of that. */
  readonly returnAccepted?: { readonly by: string; readonly at: string; readonly reason: string };
  /** Orders that send with it now, as far as the user may see them. */
  readonly sending: readonly { readonly id: string; readonly title: string }[];
  /** Orders of other events that do. */
  readonly otherSends: number;
  readonly dkim?: ShownKey;
  readonly dkimNext?: ShownKey;
  /** The domain of From: what a new key signs for. */
  readonly fromDomain: string;
}
