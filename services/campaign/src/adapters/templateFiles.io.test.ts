import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { expect, test } from "vitest";
import { templateFiles } from "./templateFiles.ts";

test("acceptance 41: a template file is read in its own encoding, refused by name where it has none, and may be missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "templates-"));
  const files = templateFiles({ TEMPLATES_DIR: folder });
  await writeFile(join(folder, "declared.html"), Buffer.from('<meta charset="windows-1252">Gr\xfc\xdfe', "latin1"));
  await writeFile(join(folder, "undeclared.html"), Buffer.from("Gr\xfc\xdfe", "latin1"));
  expect(await files.read("declared")).toBe('<meta charset="windows-1252">Grüße');
  await expect(files.read("undeclared")).rejects.toThrow(
    new AppError(
      "content",
      "The template file undeclared.html is not UTF-8 and declares no other encoding: save it as UTF-8.",
    ),
  );
  expect(await files.read("missing")).toBeUndefined();
  await rm(folder, { recursive: true });
});
