import { bounceRules } from "@email-agent/shared/domain/delivery/bounceRules.ts";
import { replyMeanings } from "@email-agent/shared/domain/delivery/replies/bounceRule.ts";
import { orderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { transitionTable } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import { poolTypes } from "@email-agent/shared/domain/recipients/poolTypes.ts";
import { poolParameterTitle, poolTypeWords } from "@email-agent/shared/domain/recipients/poolTypeWords.ts";
import { realBounces } from "../services/ingest/src/bounces/realBounces.ts";

/** `docs/reference.md`: the tables of the domain that are data in the code. */
export function referencePage(): string {
  const transitions = transitionTable.map(({ title, from, to, addsJob }) => [
    from.join(", "),
    title,
    to,
    addsJob ? "yes" : "",
  ]);
  const fields = Object.values(orderFields).map(({ title, resets, whileSleeping }) => [
    title,
    resets,
    whileSleeping ? "yes" : "",
  ]);
  const pools = Object.entries(poolTypeWords).map(([name, { title, help }]) => {
    const parameters = Object.keys(poolTypes[name]?.parameters ?? {});
    const titles = parameters.map((parameter) => `\`${parameter}\` (${poolParameterTitle(name, parameter)})`);
    return [`\`${name}\``, title, titles.join(", "), help];
  });
  const replies = replyMeanings.flatMap((meaning) => {
    const rules = bounceRules.filter((rule) => rule.meaning === meaning);
    return rules.map(({ example }) => [meaning, example.from, `${example.phase}: ${oneLine(example.reply)}`]);
  });
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
    "## Order fields",
    "",
    "From `shared/src/domain/form/orderFields.ts`. A save that changes a field sets the steps it affects back to *ready*. Steps with content are Prepare and those that use what it publishes; steps that mail are Test and Send.",
    "",
    table(["Field", "A change resets", "May change while Send sleeps"], fields),
    "",
    "## Pool types",
    "",
    "From `shared/src/domain/recipients/poolTypes.ts` and `poolTypeWords.ts` beside it. The attributes of a pool are joined by OR.",
    "",
    table(["Type", "In the pages of Settings", "Parameters", "Accepts"], pools),
    "",
    "## Known SMTP replies",
    "",
    "From `shared/src/domain/delivery/bounceRules.ts`, one reply of each rule; what each meaning leads to is said in `replies/bounceRule.ts`. A reply that no rule knows is judged by its code and the command it answers. `npm run --silent smtp:explain -- REPLY` says what any reply means.",
    "",
    table(["Meaning", "Seen at", "Reply"], replies),
    "",
    "## Known forms of returned mail",
    "",
    "From `services/ingest/src/bounces/realBounces.ts`: what the reader of the bounce mailbox makes of them. A hard bounce suppresses the address, soft ones are counted, and what is not counted says nothing about the person. All else changes nothing.",
    "",
    table(
      ["Written by", "Read as", "It is", "Form seen in"],
      realBounces.map(({ by, format, is, seenIn }) => [by, format ?? "", is, seenIn === "-" ? "" : seenIn]),
    ),
    "",
  ].join("\n");
}

const longestReply = 150;

function oneLine(reply: string): string {
  const line = reply.replaceAll("\n", " ⏎ ");
  return line.length <= longestReply ? line : `${line.slice(0, longestReply)}…`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
