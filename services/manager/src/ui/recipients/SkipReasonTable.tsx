import { count } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { type SkipReason, skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { Anchor } from "@mantine/core";
import table from "../shell/Table.module.css";

interface SkipReasonTableProps {
  /** People by skip reason, per language in the order of the columns. */
  readonly languages: readonly { readonly code: string; readonly reasons: Readonly<Record<string, number>> }[];
  readonly caption?: string;
  /** Id of the heading that names the table; instead of a caption. */
  readonly labelledBy?: string;
  /** Shows the people behind a number; absent where numbers open nothing. */
  readonly onOpen?: (language: string, reason: SkipReason) => void;
}

/** Who is not mailed, by skip reason and language; the most frequent reason first. Nothing without reasons. */
export function SkipReasonTable({ languages, caption, labelledBy, onOpen }: SkipReasonTableProps) {
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
                  <People language={code} reason={reason} people={people} onOpen={onOpen} />
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

/** Reasons that the list of people left out does not know, such as `send-until`, are numbers only. */
function People({
  language,
  reason,
  people,
  onOpen,
}: { readonly language: string; readonly reason: string; readonly people: number } & Pick<
  SkipReasonTableProps,
  "onOpen"
>) {
  const listed = skipReasons.find((one) => one === reason && one !== "failed-before");
  if (people === 0 || !listed || !onOpen) return count(people);
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      onClick={() => onOpen(language, listed)}
      aria-label={`${count(people)} in ${language}: ${skipReasonWords(reason)}. Show them`}
    >
      {count(people)}
    </Anchor>
  );
}
