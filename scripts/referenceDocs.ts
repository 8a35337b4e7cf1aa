import { bounceRules } from "@email-agent/shared/domain/delivery/bounceRules.ts";
import { transitionTable } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import { poolTypes } from "@email-agent/shared/domain/recipients/poolTypes.ts";

/** `docs/reference.md`: the tables of the domain that are data in the code. */
export function referencePage(): string {
  const transitions = transitionTable.map(({ title, from, to, addsJob }) => [
    from.join(", "),
    title,
    to,
    addsJob ? "yes" : "",
  ]);
  const pools = Object.entries(poolTypes).map(([name, { parameters }]) => [
    `\`${name}\``,
    Object.keys(parameters).join(", "),
  ]);
  const replies = bounceRules.map(({ meaning, example }) => [
    meaning,
    example.from,
    `${example.phase}: ${example.reply.replaceAll("\n", " ⏎ ")}`,
  ]);
  return [
    "# Reference",
    "",
    "Made by `npm run fix` from the code; do not edit.",
    "",
    "## The life of a step",
    "",
    "From `shared/src/domain/lifecycle`. The first row whose status and condition fit is taken; no row means that nothing changes.",
    "",
    table(["From", "What happens", "To", "Job added"], transitions),
    "",
    "## Pool types",
    "",
    "From `shared/src/domain/recipients/poolTypes.ts`. The attributes of a pool are joined by OR.",
    "",
    table(["Type", "Parameters"], pools),
    "",
    "## Known SMTP replies",
    "",
    "From `shared/src/domain/delivery/bounceRules.ts`, most specific first. A reply that none knows is judged by its code and the command it answers.",
    "",
    table(["Meaning", "Seen at", "Reply"], replies),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
