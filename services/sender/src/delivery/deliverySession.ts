import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { GroupPlace } from "../limits/groupGrants.ts";
import type { SendLimits } from "../sendLimits.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import type { ClaimEnd } from "./outcomeOf.ts";
import type { Candidate, DeliveryEnd, PersonResult } from "./person.ts";
import { type SetAside, setAside } from "./setAside.ts";
import { type UnsettledClaims, unsettledClaims } from "./unsettledClaims.ts";

/** One claimed delivery on its way to an outcome. */
interface Claimed {
  readonly candidate: Candidate;
  readonly claimId: string;
  /** Something of its message may have gone over the wire. */
  begun: boolean;
  /** Ends the claim; only the first end counts. */
  end(claimEnd: ClaimEnd): void;
}

/** A claimed mail to one person. */
export interface Message {
  readonly claimed: Claimed;
  readonly mail: Mail;
  readonly participant: Participant;
  /** Of a message whose receiving domain group is limited. */
  readonly place?: GroupPlace | undefined;
}

/** What the parts of one delivery share. */
export interface Session {
  readonly ports: DeliveryPorts;
  readonly mailRun: MailRun;
  readonly right: Right;
  readonly limits: SendLimits;
  /** People still to be tried. */
  readonly pending: Candidate[];
  readonly aside: SetAside;
  /** Receiving groups are looked up before a batch: the account has limits for them, or one is slowed. */
  looksUpGroups: boolean;
  /** Limited receiving group → when it was noted that it accepts messages (monotonic milliseconds). */
  readonly acceptedAt: Map<string, number>;
  readonly unsettled: UnsettledClaims;
  /** Claimed, and not yet ended. */
  readonly inFlight: Set<Claimed>;
  /** Aborts as soon as no further message may begin, for whatever reason. */
  readonly halted: AbortSignal;
  readonly end?: DeliveryEnd;
  readonly error?: unknown;
  record(id: string, result: PersonResult): void;
  /** Claims nothing more; what is claimed still goes out. The first reason counts. */
  leave(end: DeliveryEnd): void;
  /** Begins nothing more, claimed or not. The first reason counts. */
  halt(end: DeliveryEnd): void;
  fail(error: unknown): void;
  newClaim(candidate: Candidate, claimId: string): Claimed;
}

export function openSession(
  ports: DeliveryPorts,
  mailRun: MailRun,
  candidates: readonly Candidate[],
  right: Right,
  limits: SendLimits,
  record: (id: string, result: PersonResult) => void,
): Session {
  const stop = new AbortController();
  const pending = [...candidates];
  const unsettled = unsettledClaims(ports, mailRun.partition, limits);
  const inFlight = new Set<Claimed>();
  let end: DeliveryEnd | undefined;
  let error: unknown;
  return {
    ports,
    mailRun,
    right,
    limits,
    pending,
    aside: setAside(),
    acceptedAt: new Map(),
    looksUpGroups: Object.keys(mailRun.account.receivingLimits).length > 0,
    unsettled,
    inFlight,
    halted: AbortSignal.any([right.signal, stop.signal]),
    get end() {
      return end;
    },
    get error() {
      return error;
    },
    record,
    leave(why) {
      end ??= why;
    },
    halt(why) {
      end ??= why;
      stop.abort();
    },
    fail(thrown) {
      error ??= thrown;
      stop.abort();
    },
    newClaim(candidate, claimId) {
      const claimed: Claimed = {
        candidate,
        claimId,
        begun: false,
        end(claimEnd) {
          if (!inFlight.delete(claimed)) return;
          unsettled.end(claimEnd, (accepted) => {
            if (!accepted) record(candidate.id, { kind: "elsewhere" });
            else if (claimEnd.result) record(candidate.id, claimEnd.result);
            else pending.push(again(candidate, claimEnd.outcome.smtpResponse !== undefined));
          });
        },
      };
      inFlight.add(claimed);
      return claimed;
    },
  };
}

/** The account was the reason, or the message was not begun: the person is tried again as before. */
function again(candidate: Candidate, wasTried: boolean): Candidate {
  return { ...candidate, hasDelivery: true, returns: candidate.returns + (wasTried ? 1 : 0) };
}
