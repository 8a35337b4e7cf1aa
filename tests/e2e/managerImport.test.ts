import { readFile } from "node:fs/promises";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

let story: ManagerStory;

beforeAll(async () => {
  story = await startManagerStory(50);
}, 120_000);
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

/** Letters with accents as a Mac writes them. */
const macRoman: Readonly<Record<string, number>> = { ü: 0x9f, ß: 0xa7, ë: 0x91, Å: 0x81, ö: 0x9a };
const asMac = (text: string) => Buffer.from([...text].map((letter) => macRoman[letter] ?? letter.charCodeAt(0)));

const rows = [
  "Vorname;Nachname;Kontakt;Sprache;Yoga;Notiz",
  "Jürgen;Müßig;juergen@import.example;German;ja;x",
  "Zoë;Ångström;zoe@import.example;Klingon;;",
  "Ana;Ortiz;ana@import.example;Spanish;;a;b;c",
  "No;Address;;German;;",
  "Eva;Berg;eva@import.example;english;nein;",
];

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByLabel("File with people").setInputFiles({ name, mimeType: "text/csv", buffer });
}

const numbers = (page: Page, region: string) =>
  page.getByRole("region", { name: region }).locator("dd").allTextContents();

async function personAt(address: string) {
  const { aws, tables } = story.stack;
  for await (const page of participants(aws, tables).pages())
    for (const one of page) if (one.email === address) return one;
  return undefined;
}

describe("from a wrong file to a finished import", () => {
  test("a workbook, a wrong encoding, a missing column, broken rows: each is named, and the import is undone", async () => {
    const { page, expects } = await story.visit("Wren Writer", "/people/import");
    expects(/422/);
    await choose(page, "people.xlsx", Buffer.from("PK\u0003\u0004 and so on"));
    await page.getByText("This is a workbook and no CSV.").waitFor();

    await choose(page, "Teilnehmer.csv", asMac(rows.join("\r\n")));
    await page.getByRole("heading", { name: "Import of Teilnehmer.csv" }).waitFor();
    await page.getByText("MŸ§ig").waitFor();
    expect(await page.getByLabel("Separator of the columns").inputValue()).toBe(";");
    await page.getByLabel("Encoding").selectOption("macintosh");
    await page.getByText("Müßig").waitFor();
    await page.getByText("Not imported: Kontakt, Yoga, Notiz.").waitFor();
    await page.getByRole("button", { name: "Check the file" }).click();
    await page.getByText("Choose the column with the mail address").waitFor();
    await page.getByLabel("Field of Kontakt").selectOption("Mail address");
    await page.getByLabel("Field of Yoga").selectOption("Interest (yes or no)");
    await expectAccessible(page, "columns");
    await page.getByRole("button", { name: "Check the file" }).click();

    await page.getByRole("heading", { name: "Refused rows" }).waitFor();
    expect(await numbers(page, "What the dry run found")).toEqual(["2", "0", "0", "3"]);
    const refused = page.getByRole("region", { name: "Refused rows" });
    await refused.getByText("The column names an unknown language: “Klingon”").waitFor();
    await refused.getByText("it has 8 cells, and the headings are 6").waitFor();
    await refused.getByText("The row has neither an id nor a mail address.").waitFor();
    expect(await personAt("juergen@import.example")).toBeUndefined();
    await expectAccessible(page, "dry run");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      refused.getByRole("link", { name: "Download all as CSV" }).click(),
    ]);
    expect(await readFile(await download.path(), "utf8")).toContain(
      '"3","Sprache","The column names an unknown language',
    );

    await page.getByRole("button", { name: "Import: add 2 people" }).click();
    await page.getByRole("region", { name: "What was imported" }).waitFor();
    expect(await numbers(page, "What was imported")).toEqual(["2", "0"]);
    expect(await personAt("juergen@import.example")).toMatchObject({
      id: expect.stringMatching(/^\d{9}$/),
      email: "juergen@import.example",
      last: "Müßig",
      writtenLangPref: "German",
      practice: { Yoga: true },
    });

    await page.getByRole("button", { name: "Undo this import …" }).click();
    await page.getByRole("button", { name: "Undo the import" }).click();
    await page.getByRole("region", { name: "What was undone" }).waitFor();
    expect(await personAt("juergen@import.example")).toBeUndefined();

    // The repaired file has the same headings, so its columns are known.
    await page.getByRole("link", { name: "All imports" }).click();
    await page.getByRole("row", { name: /Teilnehmer\.csv.*Undone/ }).waitFor();
    await choose(page, "repaired.csv", asMac([rows[0], rows[1]].join("\r\n")));
    await page.getByText("As in the last import of a file with these headings.").waitFor();
  });

  test("a user without the rights finds no way in", async () => {
    const { page } = await story.visit("Reed Reader", "/people/import");
    await page.getByText("You may not open the pages of people").waitFor();
    expect(await page.getByLabel("File with people").count()).toBe(0);
  });
});
