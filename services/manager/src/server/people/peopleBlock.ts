import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import { folded, foldedName, type PeopleQuery } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { isSameAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";

/** Reasons for which a person gets no mail at all, by which lists are made. */
export type PeopleFlag = "unsubscribed" | "suppressed";

/** What the index knows of one person. The name is `foldedName`, the address `folded`. */
export interface IndexedPerson {
  readonly participantId: string;
  readonly name: string;
  readonly email: string;
}

/** A place in the order of people: by name, those with one name by id. */
export type NamePlace = Pick<IndexedPerson, "name" | "participantId">;

/** Some thousands of people, sorted by name, in one piece of memory: no object per person. */
export interface PeopleBlock {
  readonly size: number;
  /** The first people behind a place who fit, `limit` at most. */
  find(search: BlockSearch): IndexedPerson[];
  /** Calls `visit` with the position, and the epoch second, of everyone with the flag; 0 if it is not known since when. */
  eachFlagged(flag: PeopleFlag, visit: (position: number, second: number) => void): void;
  person(position: number): IndexedPerson;
  holds(participantId: string): boolean;
  /** What it costs, without the few who have a flag. */
  readonly bytes: number;
}

interface BlockSearch {
  readonly query?: PreparedQuery;
  readonly after?: NamePlace;
  readonly limit: number;
  /** True for people the index knows something newer about. */
  readonly isStale: (participantId: string) => boolean;
}

/** A query with its needles as bytes. */
export interface PreparedQuery extends Pick<PeopleQuery, "fits"> {
  readonly needleBytes: readonly Buffer[];
}

/** Longer names are cut in the index only. */
const longestName = 200;
/** Between the parts of an entry. Folded texts hold none; the id, which may, is the last part. */
const separator = "\n";

export function prepared({ needles, fits }: PeopleQuery): PreparedQuery {
  return { fits, needleBytes: needles.map((needle) => Buffer.from(needle)) };
}

export function indexed({ id, email, ...name }: Contact): IndexedPerson {
  return {
    participantId: id,
    name: foldedName(personName(name)).slice(0, longestName),
    email: folded(email ?? ""),
  };
}

/** True if a person has the flag now. A suppression of another address than theirs forbids nothing. */
export function hasFlag(contact: Omit<Contact, "id">, flag: PeopleFlag): boolean {
  if (flag === "unsubscribed") return contact.unsubscribe === true;
  return contact.suppression != null && isSameAddress(contact.suppression.address, contact.email);
}

export function compareNames(one: NamePlace, other: NamePlace): number {
  return compareTexts(one.name, other.name) || compareTexts(one.participantId, other.participantId);
}

export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function peopleBlock(contacts: readonly Contact[]): PeopleBlock {
  return blockOf(packed(contacts));
}

interface Packed {
  readonly size: number;
  /** Name, address and id of each, joined by the separator. */
  readonly bytes: Buffer;
  /** Where each begins; one more at the end, where the next one would. */
  readonly starts: Uint32Array;
  /** Few people have a flag: the epoch second of each, by position. */
  readonly seconds: Readonly<Record<PeopleFlag, ReadonlyMap<number, number>>>;
}

function packed(contacts: readonly Contact[]): Packed {
  const people = contacts
    .map((contact) => ({ contact, person: indexed(contact) }))
    .sort((one, other) => compareNames(one.person, other.person));
  const texts = people.map(({ person }) => [person.name, person.email, person.participantId].join(separator));
  const seconds = { unsubscribed: new Map<number, number>(), suppressed: new Map<number, number>() };
  people.forEach(({ contact }, position) => {
    if (hasFlag(contact, "unsubscribed")) seconds.unsubscribed.set(position, epochSecond(contact.unsubscribedAt));
    if (hasFlag(contact, "suppressed")) seconds.suppressed.set(position, epochSecond(contact.suppression?.at));
  });
  return {
    size: people.length,
    bytes: Buffer.from(texts.join(separator)),
    starts: startsOf(texts),
    seconds,
  };
}

/** In a function of its own: nothing here keeps what the block was packed from. */
function blockOf({ size, bytes, starts, seconds }: Packed): PeopleBlock {
  const person = (position: number): IndexedPerson => {
    const text = bytes.toString("utf8", starts[position], (starts[position + 1] as number) - 1);
    const nameEnd = text.indexOf(separator);
    const emailEnd = text.indexOf(separator, nameEnd + 1);
    return {
      name: text.slice(0, nameEnd),
      email: text.slice(nameEnd + 1, emailEnd),
      participantId: text.slice(emailEnd + 1),
    };
  };
  const firstBehind = (place: NamePlace | undefined) =>
    place ? lowest(size, (position) => compareNames(person(position), place) > 0) : 0;

  return {
    size,
    person,
    bytes: bytes.length + starts.byteLength,
    find({ query, after, limit, isStale }) {
      const found: IndexedPerson[] = [];
      const positions = query
        ? holding(bytes, starts, query.needleBytes, firstBehind(after))
        : everyPosition(firstBehind(after), size);
      for (const position of positions) {
        const one = person(position);
        if (query && !query.fits(one)) continue;
        if (!isStale(one.participantId)) found.push(one);
        if (found.length >= limit) break;
      }
      return found;
    },
    holds(participantId) {
      const positions = holding(bytes, starts, [Buffer.from(participantId)], 0);
      return positions.some((position) => person(position).participantId === participantId);
    },
    eachFlagged(flag, visit) {
      for (const [position, second] of seconds[flag]) visit(position, second);
    },
  };
}

/** 0 for a time that is absent or none. */
function epochSecond(at: string | null | undefined): number {
  const milliseconds = Date.parse(at ?? "");
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

function startsOf(texts: readonly string[]): Uint32Array {
  const starts = new Uint32Array(texts.length + 1);
  texts.forEach((text, position) => {
    starts[position + 1] = (starts[position] as number) + Buffer.byteLength(text) + 1;
  });
  return starts;
}

/** Positions of entries that hold one of the needles, from `first` on, in order. */
function* holding(bytes: Buffer, starts: Uint32Array, needles: readonly Buffer[], first: number): Generator<number> {
  const size = starts.length - 1;
  const next = needles.map(() => -2);
  for (let position = first; position < size; ) {
    const from = starts[position] as number;
    needles.forEach((needle, n) => {
      // -1: it does not occur any more.
      if (next[n] !== -1 && (next[n] as number) < from) next[n] = bytes.indexOf(needle, from);
    });
    const hits = next.filter((at) => at >= 0);
    if (hits.length === 0) return;
    const hit = Math.min(...hits);
    position = lowest(size, (one) => (starts[one + 1] as number) > hit);
    yield position;
    position += 1;
  }
}

function* everyPosition(first: number, size: number): Generator<number> {
  for (let position = first; position < size; position += 1) yield position;
}

/** The lowest number below `size` for which `isHigh` is true, by binary search; `size` if there is none. */
function lowest(size: number, isHigh: (position: number) => boolean): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isHigh(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
