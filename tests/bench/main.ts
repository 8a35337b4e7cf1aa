// `npm run bench`: how fast, how heavy, how large. Prints figures beside their targets; `npm run bench -- send latency`
// measures only those parts. Not part of the tests: a busy machine is not a broken product.
import { styleText } from "node:util";
import { openTemporaryFolder } from "../temporaryFolder.ts";
import { count } from "./count.ts";
import { type Figure, figureTable } from "./figures.ts";
import { latency } from "./latency.ts";
import { machineFacts, watchOthers } from "./machine.ts";
import { manager } from "./manager.ts";
import { notifier } from "./notifier.ts";
import { people } from "./people.ts";
import { peopleImport } from "./peopleImport.ts";
import { profile } from "./profile.ts";
import { recipients } from "./recipients.ts";
import { send } from "./send.ts";
import { start } from "./start.ts";

/** Measures one part, telling on the way what it finds. */
export type Part = (say: (text: string) => void) => Promise<Figure[]>;

/** The pages of People, then imports on the whole stack. */
const allOfPeople: Part = async (say) => [...(await people(say)), ...(await peopleImport(say))];

const parts: Readonly<Record<string, Part>> = {
  ...{ start, latency, count, send, manager, recipients },
  people: allOfPeople,
  notifier,
};
/** Only when named. */
const more: Readonly<Record<string, Part>> = { profile };

const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
}

async function main(asked: readonly string[]): Promise<void> {
  const known = { ...parts, ...more };
  const unknown = asked.filter((name) => !(name in known));
  if (unknown.length > 0)
    throw new Error(`There is no part ${unknown.join(", ")}. Parts: ${Object.keys(known).join(", ")}.`);
  if (process.platform !== "linux")
    throw new Error(`The bench reads CPU and memory from /proc, which ${process.platform} has not: run it on Linux.`);
  using data = openTemporaryFolder();
  say(`${machineFacts()}\nData in ${data.path}, those of \`start\` on the disk as with npm start.`);
  const figures: Figure[] = [];
  for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
    say(styleText("bold", `\n${name}`));
    const startedAt = performance.now();
    const others = watchOthers();
    figures.push(...(await known[name]!((text) => say(`  ${text}`))));
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`  (${seconds} s; other programs used ${others().toFixed(2)} cores meanwhile)`);
  }
  say(`\n${figureTable(figures)}\n\n${machineFacts()}`);
}
