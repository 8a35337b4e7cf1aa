import { GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { type Participant, participantSchema, readParticipant } from "../domain/recipients/participant.ts";
import { systemClock } from "../kit/clock.ts";
import type { Aws } from "./aws.ts";
import { forgottenPeople, forgottenTimes } from "./forgottenPeople.ts";
import { getItems } from "./getItems.ts";
import { type PersonChanges, personChanges } from "./personChanges.ts";
import { inParallel } from "./queryPages.ts";

/** One page of a parallel scan. `next` continues it; absent on the last page of the segment. Key values are opaque JSON. */
interface ParticipantPage {
  readonly participants: Participant[];
  readonly next?: string;
}

/** What a scan reads: by default the attributes the product knows, which is what rules and standard tags need. */
interface ScanOptions {
  /** Further top-level attributes, as merge fields name them. */
  readonly attributes?: readonly string[];
}

export interface Participants extends PersonChanges {
  /** One page of segment `segment` of `segments`, at most `limit` items, from `after` (a `next`). Consistent read. */
  page(
    options: ScanOptions & { segment: number; segments: number; after?: string; limit?: number },
  ): Promise<ParticipantPage>;
  /** All pages of all segments, segments read in parallel. Throws `signal.reason` when aborted. */
  pages(options?: ScanOptions & { segments?: number; signal?: AbortSignal }): AsyncIterable<Participant[]>;
  get(id: string): Promise<Participant | undefined>;
  /** Consistent batch read of whole items (pages of 100, unprocessed keys retried); absent ids are absent in the map. */
  getMany(ids: readonly string[]): Promise<Map<string, Participant>>;
}

const defaultSegments = 4;
/**
 * Items of a page when all are read: a full megabyte of them (some thousands) would hold the event loop for a tenth of a
 * second, and what many pages in flight leave to the garbage collector grows with their size.
 */
const pageItems = 250;
const knownAttributes = Object.keys(participantSchema.shape);

/**
 * The people of `PARTICIPANTS_TABLE` (key `id`). Records that do not fit are returned with their `invalidRecord`. People who
 * were forgotten are returned as `forgotten`, also where another application has written their record again without it.
 */
export function participants(
  aws: Aws,
  config: { readonly PARTICIPANTS_TABLE: string; readonly CONFIG_TABLE: string },
): Participants {
  const table = config.PARTICIPANTS_TABLE;
  const forgotten = forgottenTimes(forgottenPeople(aws, config), systemClock.monotonic);
  const readAll = async (items: readonly Record<string, unknown>[]): Promise<Participant[]> => {
    const times = await forgotten();
    return items.map((item) => {
      const participant = readParticipant(item);
      const at = participant.forgotten ? undefined : times.get(participant.id);
      return at === undefined ? participant : { ...participant, forgotten: at };
    });
  };

  const page: Participants["page"] = async ({ segment, segments, after, limit, attributes = [] }) => {
    const wanted = [...new Set([...knownAttributes, ...attributes])];
    const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        Segment: segment,
        TotalSegments: segments,
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : JSON.parse(after),
        ProjectionExpression: wanted.map((_, index) => `#a${index}`).join(", "),
        ExpressionAttributeNames: Object.fromEntries(wanted.map((name, index) => [`#a${index}`, name])),
      }),
    );
    return {
      participants: await readAll(Items),
      ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }),
    };
  };
  const segmentPages = async function* (
    options: ScanOptions & { segment: number; segments: number },
    signal?: AbortSignal,
  ) {
    let after: string | undefined;
    do {
      signal?.throwIfAborted();
      const read = await page({ limit: pageItems, ...options, ...(after !== undefined && { after }) });
      signal?.throwIfAborted();
      if (read.participants.length > 0) yield read.participants;
      after = read.next;
    } while (after !== undefined);
  };

  return {
    ...personChanges(aws, table),
    page,
    pages: ({ segments = defaultSegments, signal, ...options } = {}) =>
      inParallel(
        segments,
        Array.from({ length: segments }, (_, segment) => () => segmentPages({ ...options, segment, segments }, signal)),
      ),
    async get(id) {
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
      return Item && (await readAll([Item]))[0];
    },
    async getMany(ids) {
      const keys = ids.map((id) => ({ id }));
      const found = await readAll(await getItems(aws, table, keys, ({ id }) => id));
      return new Map(found.map((participant) => [participant.id, participant]));
    },
  };
}
