// Over HTTP: what changes a person.

/** A reason is kept in the audit. Addresses in it are masked there. */
export const longestReason = 200;

/** `POST /api/people/[id]/address`. `seen`: `addressSeen` of the page. */
export interface AddressBody {
  readonly address: string;
  readonly seen: string;
  readonly reason: string;
}

/** `POST …/unsubscribe`. */
export interface UnsubscribeBody {
  readonly reason: string;
}

/** `POST …/resubscribe`. `seen`: since when, as the page showed it; absent where that is not known. */
export interface ResubscribeBody {
  readonly seen?: string;
  readonly reason: string;
}

/** `POST …/lift-suppression`. `seen`: when the address was refused, as the page showed it. */
export interface LiftBody {
  readonly seen: string;
  readonly reason: string;
}

/** `POST …/forget`. `confirm`: the id, as the user typed it. */
export interface ForgetBody {
  readonly confirm: string;
  readonly reason: string;
}

/** What is erased: rows of lists, and how many are left until what is being sent to them has ended. */
export interface ForgetResult {
  /** When the person was forgotten. */
  readonly at: string;
  readonly rows: number;
  readonly left: number;
}

/** `GET /api/people/[id]/changes`: what can be changed of a person, and what was. Addresses are masked without `showAddresses`. */
export interface PersonState {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Names the address for a change of it. */
  readonly addressSeen: string;
  /** `at`, `by`: where they are known; `by` is the mailing key of the link, or `user`. */
  readonly unsubscribed?: { readonly at?: string; readonly by?: string };
  /** `counts`: the address was not changed since. */
  readonly suppressed?: { readonly at: string; readonly code: string; readonly counts: boolean };
  /** Since when. `hasData`: another application has written the record again. */
  readonly forgotten?: { readonly at: string; readonly hasData: boolean };
  /** Why the address cannot be corrected here. */
  readonly elsewhere?: string;
  /** The user sees every event, and so may export and forget the person. */
  readonly seesAllEvents: boolean;
  /** Newest first. */
  readonly history: readonly PersonLine[];
}

/** A line of a person's history. */
export interface PersonLine {
  readonly id: string;
  readonly at: string;
  readonly by?: string;
  readonly what: string;
  readonly reason?: string;
}
