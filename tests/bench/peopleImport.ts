import type { Page } from "playwright-core";
import { newPage, openBrowser, signIn } from "../e2e/browser.ts";
import { openBenchStack } from "./benchStack.ts";
import { below, type Figure, plain } from "./figures.ts";
import { forgetPeak, peakBytes } from "./processes.ts";

const small = 25_000;
const large = 100_000;
const limitSeconds = 60;
/** How far the memory of the Email Manager may grow with four times the rows. */
const growthMegabytes = 120;

/** Imports of people on the whole stack, by the page: new people, then as many changed, then the undo. */
export async function peopleImport(say: (text: string) => void): Promise<Figure[]> {
  await using bench = await openBenchStack(500);
  const browser = await openBrowser();
  try {
    const { page } = await newPage(browser);
    page.setDefaultTimeout(300_000);
    await signIn(page, `${bench.stack.managerUrl}/people/import`, "Wren Writer");
    const pid = bench.stack.services.manager.pid()!;
    const peakOf = async (work: () => Promise<Times>) => {
      forgetPeak(pid);
      const times = await work();
      return { ...times, megabytes: peakBytes(pid) / 1024 / 1024 };
    };
    const few = await peakOf(() => importFile(page, bench.stack.managerUrl, small, "Ortiz"));
    const added = await peakOf(() => importFile(page, bench.stack.managerUrl, large, "Ortega"));
    const changed = await peakOf(() => importFile(page, bench.stack.managerUrl, large, "Oliva"));
    const undoneAt = performance.now();
    await page.getByRole("button", { name: "Undo this import …" }).click();
    await page.getByRole("button", { name: "Undo the import" }).click();
    await page.getByRole("region", { name: "What was undone" }).waitFor();
    const undone = (performance.now() - undoneAt) / 1000;
    for (const [name, { upload, check, apply }] of Object.entries({ few, added, changed }))
      say(`${name}: upload ${upload.toFixed(1)} s, dry run ${check.toFixed(1)} s, apply ${apply.toFixed(1)} s`);
    const rows = large.toLocaleString("en");
    const whole = ({ check, apply }: Times) => check + apply;
    return [
      below("people", `import of ${rows} rows, mostly new: dry run and apply`, whole(added), limitSeconds, "s"),
      plain("people", "… upload of the file, and its first rows shown", added.upload, "s"),
      below("people", `import of ${rows} rows, all changed: dry run and apply`, whole(changed), limitSeconds, "s"),
      plain("people", `undo of ${rows} changed rows`, undone, "s"),
      plain("people", `memory of the Email Manager, import of ${small.toLocaleString("en")} rows`, few.megabytes, "MB"),
      below("people", `… more for ${rows} rows`, added.megabytes - few.megabytes, growthMegabytes, "MB"),
    ];
  } finally {
    await browser.close();
  }
}

/** Seconds. */
interface Times {
  readonly upload: number;
  readonly check: number;
  readonly apply: number;
}

async function importFile(page: Page, managerUrl: string, rows: number, last: string): Promise<Times> {
  await page.goto(`${managerUrl}/people/import`);
  const chooser = page.getByLabel("File with people");
  const chosenAt = performance.now();
  await chooser.setInputFiles({ name: `${rows}.csv`, mimeType: "text/csv", buffer: fileOf(rows, last) });
  const check = page.getByRole("button", { name: "Check the file" });
  await check.waitFor();
  const shownAt = performance.now();
  await check.click();
  const apply = page.getByRole("button", { name: /^Import: / });
  await apply.waitFor();
  const checkedAt = performance.now();
  await apply.click();
  await page.getByRole("region", { name: "What was imported" }).waitFor();
  const appliedAt = performance.now();
  return {
    upload: (shownAt - chosenAt) / 1000,
    check: (checkedAt - shownAt) / 1000,
    apply: (appliedAt - checkedAt) / 1000,
  };
}

function fileOf(rows: number, last: string): Buffer {
  const lines = Array.from(
    { length: rows },
    (_, n) => `${700_000_000 + n},person${n}@import.example,"Ana ""${n}""",${last},Spain,Spanish,true,false`,
  );
  const headings = "id,email,first name,last name,country,language,practice.yoga,programs.SUMMER26.eligible";
  return Buffer.from([headings, ...lines].join("\r\n"));
}
