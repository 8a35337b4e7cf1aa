import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { FoundParticipants } from "../../api/preview.ts";
import { type FindPeoplePorts, findPeople } from "../people/findPeople.ts";

const resultsLimit = 10;

/**
 * The first people for a name, address or id whom the user may see, to choose one on a page of Settings: every administrator may,
 * also without the right to the pages of People. Ask again while it says `reading`.
 */
export async function findPersonByName(
  ports: FindPeoplePorts,
  user: User,
  search: string,
  signal: AbortSignal,
): Promise<FoundParticipants> {
  if (!isSearch(search.trim())) return { participants: [] };
  const { rows, next, reading } = await findPeople(ports, user, { text: search }, signal);
  const note = reading
    ? `${count(reading.read)} people are read so far.`
    : `These are the first ${resultsLimit}. Type more of the name for others.`;
  const isCut = next !== undefined || rows.length > resultsLimit;
  return {
    participants: rows.slice(0, resultsLimit).map(({ id, name, email }) => ({ id, name, email })),
    ...((reading || isCut) && { note }),
    ...(reading && { reading: true }),
  };
}
