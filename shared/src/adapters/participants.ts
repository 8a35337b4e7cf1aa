import type { Participant } from "../domain/participant.ts";

/** One page of a parallel scan. `next` continues it; absent on the last page of the segment. Key values are opaque JSON. */
export interface ParticipantPage {
  readonly participants: Participant[];
  readonly next?: string;
}

export interface Participants {
  /** One page of segment `segment` of `segments`, at most `limit` items, from `after` (a `next`). Consistent read. */
  page(options: { segment: number; segments: number; after?: string; limit?: number }): Promise<ParticipantPage>;
  /** All pages of all segments, segments read in parallel. */
  pages(options?: { segments?: number; signal?: AbortSignal }): AsyncIterable<Participant[]>;
  get(id: string): Promise<Participant | undefined>;
  /** Consistent batch read (pages of 100, unprocessed keys retried); absent ids are absent in the map. */
  getMany(ids: readonly string[]): Promise<Map<string, Participant>>;
  /** Sets `suppression` on an existing participant. */
  suppress(id: string, suppression: { address: string; code: string; at: string }): Promise<void>;
}
