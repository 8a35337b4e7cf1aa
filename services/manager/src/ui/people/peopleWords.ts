import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { PersonRow } from "../../api/people.ts";
import type { Look } from "../shell/statusLooks.ts";
import type { PeoplePageState } from "./usePeoplePage.ts";

/** The position in a list of people, and how far a search has come. */
export function peoplePageWords({ phase, page }: PeoplePageState): string {
  if (phase === "failed") return "";
  if (!page) return "Loading…";
  const { rows, from, next, reading, total } = page;
  if (reading) {
    const of = reading.about === undefined ? "" : ` of about ${count(reading.about)}`;
    return `${count(rows.length)} found so far. People are being read: ${count(reading.read)}${of}.`;
  }
  if (phase === "loading") return "Loading…";
  if (rows.length === 0) return "";
  const last = from + rows.length - 1;
  const of = total !== undefined && total >= last ? ` of ${count(total)}` : "";
  if (from === 1 && next === undefined) return counted(rows.length, "person", "people");
  return `${count(from)} to ${count(last)}${of}`;
}

/** Signs for what keeps a person from getting mail. */
export function personLooks({ unsubscribed, suppressed, invalidField }: PersonRow): Look[] {
  return [
    ...(unsubscribed ? [{ word: "Unsubscribed", sign: "–", tone: "quiet" as const }] : []),
    ...(suppressed ? [{ word: "Suppressed", sign: "✕", tone: "bad" as const }] : []),
    ...(invalidField !== undefined ? [{ word: "Broken record", sign: "!", tone: "doubt" as const }] : []),
  ];
}
