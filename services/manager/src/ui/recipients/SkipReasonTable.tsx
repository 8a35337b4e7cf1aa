import { count } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { Anchor } from "@mantine/core";
import table from "../shell/Table.module.css";
import { listAddress, openList } from "./listAddress.ts";
import { peopleBehind } from "./peopleBehind.ts";

interface SkipReasonTableProps {
  /** People by skip reason, per language in the order of the columns. */
  readonly languages: readonly { readonly code: string; readonly reasons: Readonly<Record<string, number>> }[];
  readonly caption?: string;
  /** Id of the heading that names the table; instead of a caption. */
  readonly labelledBy?: string;
  /** Id of the order whose list a number opens in a new tab; absent on its page, where the list opens over it. */
  readonly newTabOf?: string;
}

/** Who is not mailed, by skip reason and language; the most frequent reason first. Each number opens its people. Nothing without reasons. */
export function SkipReasonTable({ languages, caption, labelledBy, newTabOf }: SkipReasonTableProps) {
  const reasons = reasonsByWeight(languages);
  if (reasons.length === 0) return undefined;
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${languages.length > 3 ? table.stacks : ""}`} aria-labelledby={labelledBy}>
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            <th scope="col">Reason</th>
            {languages.map(({ code }) => (
              <th key={code} scope="col" className={table.number}>
                {code}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reasons.map((reason) => (
            <tr key={reason}>
              <th scope="row">{skipReasonWords(reason)}</th>
              {languages.map(({ code, reasons: { [reason]: people = 0 } }) => (
                <td key={code} className={table.number} data-label={code}>
                  <People language={code} reason={reason} people={people} newTabOf={newTabOf} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function reasonsByWeight(languages: SkipReasonTableProps["languages"]): string[] {
  const people = new Map<string, number>();
  for (const { reasons } of languages)
    for (const [reason, more] of Object.entries(reasons)) people.set(reason, (people.get(reason) ?? 0) + more);
  return [...people]
    .filter(([, sum]) => sum > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([reason]) => reason);
}

function People({
  language,
  reason,
  people,
  newTabOf,
}: {
  readonly language: string;
  readonly reason: string;
  readonly people: number;
  readonly newTabOf: string | undefined;
}) {
  const list = peopleBehind(language, reason);
  const words = `${count(people)} in ${language}: ${skipReasonWords(reason)}. Show them`;
  if (people === 0 || !list) return count(people);
  if (newTabOf !== undefined)
    return (
      <Anchor
        href={`/work-orders/${newTabOf}${listAddress("", list)}`}
        target="_blank"
        inherit
        aria-label={`${words} in a new tab`}
      >
        {count(people)}
      </Anchor>
    );
  return (
    <Anchor component="button" type="button" inherit onClick={() => openList(list)} aria-label={words}>
      {count(people)}
    </Anchor>
  );
}
