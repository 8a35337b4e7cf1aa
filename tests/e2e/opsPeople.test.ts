import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { announceStack } from "../../infra/local/stackAccess.ts";
import { ops as run } from "../../scripts/ops/testing.ts";
import { type Story, startStory } from "./story.ts";

const stack = new AsyncDisposableStack();
let story: Story;
let folder: string;

beforeAll(async () => {
  story = stack.use(await startStory(40));
  folder = await mkdtemp(join(tmpdir(), "email-agent-ops-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  stack.use(announceStack(folder, story.stack.access));
}, 300_000);
afterAll(() => stack.disposeAsync());

const ops = (...args: string[]) => run([...args, "--data", folder, "--as", "olga"]);

test("acceptance 179: people are exported, imported after a dry run, and an import that was left goes on", {
  timeout: 240_000,
}, async () => {
  const file = join(folder, "people.csv");
  expect(await ops("people", "export", file)).toMatchObject({ code: 0 });
  const exported = await readFile(file, "utf8");
  expect(exported).toMatch(/^\uFEFF"id","email","first"/);
  expect((await ops("people", "export", "--no-addresses")).out).not.toMatch(/\w@\w/);
  await writeFile(file, `id,email,first,last\nnew-1,new-1@example.org,Nora,New\n,not an address,Nick,None\n`);
  const dry = await ops("people", "import", file, "--dry-run");
  expect(dry, dry.err).toMatchObject({ code: 0, out: "Nothing was changed.\n" });
  expect(dry.err).toContain("2 rows: 1 new, 0 changed, 0 unchanged, 1 refused.");
  expect(dry.err).toMatch(/row 3, .*email/);
  const people = participants(story.stack.aws, story.stack.tables);
  expect(await people.get("new-1")).toBeUndefined();
  const [, id = ""] = /The import is (import-\w+)\./.exec(dry.err) ?? [];
  const applied = await ops("people", "import", "--resume", id, "--yes");
  expect(applied, applied.err).toMatchObject({ code: 0, out: "Imported: 1 new, 0 changed, 0 left as they were.\n" });
  expect(await people.get("new-1")).toMatchObject({ first: "Nora" });
  const [none, both, gone] = await Promise.all([
    ops("people", "import"),
    ops("people", "import", file, "--resume", id),
    ops("people", "import", "--resume", "import-1"),
  ]);
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining("Name a file, or an import with --resume.") });
  expect(both.code).toBe(1);
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining("There is no such import.") });
});
