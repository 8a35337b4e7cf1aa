import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** Where the objects of an import are. The plan and what became of it belong to one dry run: its token is in the key. */
const places = {
  /** The uploaded file, in pieces. */
  part: (_: number, n: number) => `part-${number(n)}`,
  plan: (token: number, n: number) => `run-${token}/plan-${number(n)}.jsonl`,
  refused: (token: number, n: number) => `run-${token}/refused-${number(n)}.jsonl`,
  sample: (token: number) => `run-${token}/sample.jsonl`,
  /** Rows of a file of the plan that were not written, and those that could not be undone. */
  left: (token: number, n: number) => `run-${token}/left-${number(n)}.jsonl`,
  kept: (token: number, n: number) => `run-${token}/kept-${number(n)}.jsonl`,
} as const;
export type ImportFile = keyof typeof places;

const number = (n: number) => String(n).padStart(6, "0");

function importKey(id: string, file: ImportFile, token: number, n: number): string {
  return `imports/${id}/${places[file](token, n)}`;
}

export interface ImportFiles {
  putPart(n: number, bytes: Uint8Array): Promise<void>;
  /** The uploaded file, piece by piece. AppError `not-found` for a piece that was never uploaded. */
  parts(count: number, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** JSON lines. */
  put(file: Exclude<ImportFile, "part">, n: number, rows: readonly unknown[]): Promise<void>;
  get<Row>(file: Exclude<ImportFile, "part">, n: number): Promise<Row[]>;
}

/** The objects of one import. `token`: of the dry run they belong to. */
export function importFiles({ documents }: Pick<Manager, "documents">, id: string, token = 0): ImportFiles {
  return {
    putPart: (n, bytes) => documents.put(importKey(id, "part", token, n), bytes, "application/octet-stream"),
    async *parts(count, signal) {
      for (let n = 0; n < count; n += 1) yield await documents.getBytes(importKey(id, "part", token, n), signal);
    },
    put: (file, n, rows) =>
      documents.put(
        importKey(id, file, token, n),
        rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
        "application/x-ndjson",
      ),
    async get<Row>(file: Exclude<ImportFile, "part">, n: number) {
      const text = await documents.getText(importKey(id, file, token, n)).catch((error) => {
        if (error instanceof AppError && error.code === "not-found") throw gone(error);
        throw error;
      });
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Row);
    },
  };
}

function gone(cause: AppError): AppError {
  return new AppError("not-found", "The files of this import are gone: they are kept for 30 days.", { cause });
}
