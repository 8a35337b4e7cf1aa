import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import {
  type Encoding,
  encodings,
  type PeopleImport,
  type Separator,
  separators,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { FileReading } from "../../api/imports.ts";
import type { Manager } from "../manager.ts";
import { importOf } from "./createImport.ts";
import { detectEncoding, detectSeparator, firstRows } from "./detectFormat.ts";
import { refuseErased } from "./eraseFromImports.ts";
import { fieldsByHeading } from "./importFields.ts";
import { importFiles } from "./importFiles.ts";

export const formatSchema = z.object({
  encoding: z.enum(encodings).optional(),
  separator: z.enum(separators).optional(),
});

type Ports = Pick<Manager, "peopleImports" | "documents">;

const shownRows = 5;
const headingLimit = 100;
const columnLimit = 300;
/** Imports whose columns are remembered. */
const remembered = 100;

/**
 * Completes an upload, or reads it in another way: detects what the user has not chosen, and shows the first rows and what
 * each column would be imported to. AppError `invalid-input` if a part is missing or the file is no CSV with headings.
 */
export async function readUpload(
  ports: Ports,
  user: Pick<User, "showAddresses">,
  id: string,
  chosen: z.infer<typeof formatSchema>,
): Promise<FileReading> {
  const item = await importOf(ports, id);
  refuseErased(item);
  const files = importFiles(ports, id);
  const parts = () => files.parts(item.parts);
  const encoding = chosen.encoding ?? (await detectEncoding(parts()).catch(missingPart));
  const separator = chosen.separator ?? (await detectSeparator(parts, encoding));
  const { headings, rows } = await readHeadings(parts(), encoding, separator);
  const earlier = await earlierFields(ports, headings);
  const shownCells = user.showAddresses ? rows : rows.map((cells) => cells.map(maskAddresses));
  const reading = {
    ...{ encoding, separator, headings, rows: shownCells, fields: earlier ?? fieldsByHeading(headings) },
    ...{ isRemembered: earlier !== undefined, doubts: doubtsAbout(headings, rows) },
  };
  if (item.state === "uploading") await ports.peopleImports.change(id, ["uploading"], { state: "uploaded", headings });
  return reading;
}

/** Headings and first rows. AppError `invalid-input` if there is nothing below the headings. */
export async function readHeadings(parts: AsyncIterable<Uint8Array>, encoding: Encoding, separator: Separator) {
  const [first, ...rows] = await firstRows(parts, encoding, separator, shownRows + 1);
  if (!first || rows.length === 0)
    throw new AppError("invalid-input", "The file has no rows below the headings. Choose another file.");
  if (first.length > columnLimit)
    throw new AppError(
      "invalid-input",
      `The file has ${first.length} columns; ${columnLimit} can be read. Choose another separator, or remove columns.`,
    );
  const headings = first.map((heading) => heading.trim().slice(0, headingLimit));
  return { headings, rows: rows.map((cells) => cells.map((cell) => cell.slice(0, headingLimit))) };
}

/** What each column was imported to when a file with the same headings was imported last. */
async function earlierFields({ peopleImports }: Ports, headings: readonly string[]): Promise<string[] | undefined> {
  const same = (item: PeopleImport) => item.reading && item.found && sameTexts(item.headings, headings);
  return (await peopleImports.newest(remembered)).find(same)?.reading?.fields;
}

const sameTexts = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((text, index) => text === other[index]);

/** A letter with an accent, read in another encoding than it was written in. */
const misread = /Ã[\u0080-\u00bf¡-¿€-™]|â€|ï»¿/;

function doubtsAbout(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const texts = [...headings, ...rows.flat()];
  const doubts: string[] = [];
  if (headings.length === 1) doubts.push("There is one column only: check the separator.");
  if (texts.some((text) => text.includes("\ufffd")))
    doubts.push("Some characters cannot be read in this encoding (shown as \ufffd): choose another one.");
  else if (texts.some((text) => misread.test(text)))
    doubts.push("Letters with accents look wrong: choose another encoding.");
  if (headings.some((heading) => heading.includes("@")))
    doubts.push("The first row holds a mail address: the first row of the file must be the headings.");
  return doubts;
}

function missingPart(error: unknown): never {
  if (error instanceof AppError && error.code === "not-found")
    throw new AppError("invalid-input", "A part of the file did not arrive. Upload the file again.", { cause: error });
  throw error;
}
