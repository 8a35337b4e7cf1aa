import { setTimeout as pause } from "node:timers/promises";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { actOn, checkCsv, untilState, uploadCsv } from "../../../testing/importCsv.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { processorSecondsOf } from "../../../testing/processorSeconds.ts";
import { startImportProcess } from "../../../testing/startImportProcess.ts";
import { readImport } from "./readImports.ts";
import { startImport } from "./startImport.ts";

let fixture: ManagerFixture;
let anna: User;

beforeEach(async () => {
  fixture = await openManagerFixture();
  await putConfig(fixture.stack.aws, fixture.stack.config, { languages: [...someLanguages().values()] });
  anna = await fixture.addUser({ id: "anna", role: "write", people: true, showAddresses: true, exportCsv: true });
});
afterEach(() => fixture?.[Symbol.asyncDispose]());

/** A dead worker is replaced after a second. */
const times = { heartbeatMilliseconds: 200, proofMilliseconds: 600, takeOverMilliseconds: 1000 };
const start = (options: { freezesAtWrite?: number } = {}) =>
  startImportProcess(fixture.stack.config, { times, ...options });

/** A file of people; `last` differs from version to version. */
function fileOf(rows: number, last: string): string {
  const lines = Array.from(
    { length: rows },
    (_, n) => `${300_000_000 + n},person${n}@mail.example,"Ana ""${n}""",${last},Spain,Spanish,true,false`,
  );
  return ["id,email,first,last,country,language,practice.yoga,practice.chess", ...lines].join("\r\n");
}

async function lastNames(): Promise<Map<unknown, number>> {
  const found = new Map<unknown, number>();
  for await (const page of fixture.manager.participants.pages())
    for (const { last } of page) found.set(last, (found.get(last) ?? 0) + 1);
  return found;
}

async function untilFile(id: string, field: "applied" | "undone", file: number): Promise<void> {
  while (((await readImport(fixture.manager, id))[field]?.file ?? 0) < file) await pause(10);
}

describe("acceptance 110: an import goes on after its process was killed", () => {
  test("in the dry run, while it is applied, and while it is undone; every row counts once", {
    timeout: 120_000,
  }, async () => {
    const rows = 6_000;
    const { id, reading } = await uploadCsv(fixture.manager, anna, fileOf(rows, "Ortiz"));
    const { encoding, separator, fields } = reading;
    const chosen = { encoding, separator, fields: [...fields], sharedAddresses: false };
    {
      await using first = await start();
      await startImport(fixture.manager, anna, id, { act: "check", reading: chosen });
      while (!(await fixture.manager.peopleImports.get(id))?.worker) await pause(5);
      first.signal("SIGKILL");
    }
    {
      await using second = await start();
      const { found } = await untilState(fixture.manager, id, "checked");
      expect(found).toMatchObject({ added: rows, refused: 0 });
      await startImport(fixture.manager, anna, id, { act: "apply" });
      await untilFile(id, "applied", 2);
      second.signal("SIGKILL");
    }
    const { applied: half } = await readImport(fixture.manager, id);
    expect(half?.added).toBeLessThan(rows);
    {
      await using third = await start();
      const { applied } = await untilState(fixture.manager, id, "applied");
      expect(applied).toMatchObject({ added: rows, changed: 0, left: 0 });
      expect(await lastNames()).toEqual(new Map([["Ortiz", rows]]));
      await startImport(fixture.manager, anna, id, { act: "undo" });
      await untilFile(id, "undone", 2);
      third.signal("SIGKILL");
    }
    await using _ = await start();
    const { undone } = await untilState(fixture.manager, id, "undone");
    expect(undone).toMatchObject({ removed: rows, kept: 0 });
    expect(await lastNames()).toEqual(new Map());
  });

  test("with two managers, of which one is frozen and wakes when the import is undone: it writes nothing", {
    timeout: 120_000,
  }, async () => {
    const rows = 6_000;
    await using frozen = await start();
    const { id } = await checkCsv(fixture.manager, anna, fileOf(rows, "Ortiz"));
    await actOn(fixture.manager, anna, id, "apply");
    const next = await checkCsv(fixture.manager, anna, fileOf(rows, "Ortega"));
    expect(next.found).toMatchObject({ changed: rows });
    await startImport(fixture.manager, anna, next.id, { act: "apply" });
    await untilFile(next.id, "applied", 1);
    frozen.signal("SIGSTOP");
    await using _ = await start();
    const { applied } = await untilState(fixture.manager, next.id, "applied");
    expect(applied).toMatchObject({ changed: rows, left: 0 });
    await actOn(fixture.manager, anna, next.id, "undo");
    expect(await lastNames()).toEqual(new Map([["Ortiz", rows]]));
    frozen.signal("SIGCONT");
    await pause(1500);
    expect(await lastNames()).toEqual(new Map([["Ortiz", rows]]));
  });

  test.each(["added", "changed"] as const)(
    "frozen between its check of the lease and the write: the database refuses rows that are %s",
    {
      timeout: 120_000,
    },
    async (kind) => {
      const rows = 2_000;
      if (kind === "changed") {
        await using _ = await start();
        const { id } = await checkCsv(fixture.manager, anna, fileOf(rows, "Ortiz"));
        await actOn(fixture.manager, anna, id, "apply");
      }
      const before = await lastNames();
      // In the second file of the plan: forty writes are one.
      await using frozen = await start({ freezesAtWrite: 60 });
      const { id, found } = await checkCsv(fixture.manager, anna, fileOf(rows, "Ortega"));
      expect(found?.[kind]).toBe(rows);
      await startImport(fixture.manager, anna, id, { act: "apply" });
      await expect.poll(frozen.isFrozen, { timeout: 30_000 }).toBe(true);
      await using _ = await start();
      expect((await untilState(fixture.manager, id, "applied")).applied).toMatchObject({ [kind]: rows, left: 0 });
      await actOn(fixture.manager, anna, id, "undo");
      expect(await lastNames()).toEqual(before);
      frozen.signal("SIGCONT");
      // Refused by the database. After five seconds in which it was frozen its client may give the request up instead.
      await expect.poll(frozen.lateWrite, { timeout: 30_000 }).toMatch(/^(400|unsent)$/);
      // It has let go of the import, and works on others.
      const next = await checkCsv(fixture.manager, anna, fileOf(10, "Ortega"));
      expect(next.state).toBe("checked");
      expect(await lastNames()).toEqual(before);
    },
  );
});

test("an import that is stopped goes on where it was, or is undone, and the worker that was stopped writes nothing more", {
  timeout: 120_000,
}, async () => {
  const rows = 6_000;
  await using stopped = await start();
  const { id } = await checkCsv(fixture.manager, anna, fileOf(rows, "Ortiz"));
  await startImport(fixture.manager, anna, id, { act: "apply" });
  await untilFile(id, "applied", 1);
  // It does not notice, and wakes when the import is undone.
  stopped.signal("SIGSTOP");
  await startImport(fixture.manager, anna, id, { act: "stop" });
  const half = await readImport(fixture.manager, id);
  expect(half).toMatchObject({
    state: "failed",
    failedIn: "applying",
    failure: expect.stringContaining(`${anna.name} stopped it.`),
  });
  expect(half.applied?.added).toBeLessThan(rows);
  await expect(startImport(fixture.manager, anna, id, { act: "stop" })).rejects.toThrow(/ended early/);
  await using _ = await start();
  await startImport(fixture.manager, anna, id, { act: "continue" });
  expect((await untilState(fixture.manager, id, "applied")).applied).toMatchObject({ added: rows, left: 0 });
  await startImport(fixture.manager, anna, id, { act: "undo" });
  await untilFile(id, "undone", 1);
  await startImport(fixture.manager, anna, id, { act: "stop" });
  await startImport(fixture.manager, anna, id, { act: "continue" });
  stopped.signal("SIGCONT");
  expect((await untilState(fixture.manager, id, "undone")).undone).toMatchObject({ removed: rows, kept: 0 });
  expect(await lastNames()).toEqual(new Map());
});

test("acceptance 109: 100,000 rows are checked and applied in under a minute, with flat memory", {
  timeout: 600_000,
}, async () => {
  await using worker = await startImportProcess(fixture.stack.config);
  const run = async (rows: number, last: string) => {
    const { id, found } = await checkCsv(fixture.manager, anna, Buffer.from(fileOf(rows, last)));
    await actOn(fixture.manager, anna, id, "apply");
    return found;
  };
  await run(20_000, "Ortiz");
  const before = { peak: worker.peakBytes(), alive: worker.peakAliveBytes(), seconds: worker.processorSeconds() };
  const dynamo = fixture.stack.pids.dynamo;
  const [began, ownBefore, tablesBefore] = [performance.now(), process.cpuUsage(), processorSecondsOf(dynamo)];
  expect(await run(100_000, "Ortega")).toMatchObject({ rows: 100_000, added: 80_000, changed: 20_000, refused: 0 });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(ownBefore);
  const tables = processorSecondsOf(dynamo) - tablesBefore;
  expect(await lastNames()).toEqual(new Map([["Ortega", 100_000]]));
  // Ids and addresses of the whole file are kept, to find doubled ones: some fifty bytes each.
  expect(worker.peakAliveBytes() - before.alive).toBeLessThan(20 * 1024 * 1024);
  expect(worker.peakBytes() - before.peak).toBeLessThan(120 * 1024 * 1024);
  // The other tests of a run share the processors, and wall time would fail with them. What is bounded is the work of all who
  // take part (worker, tables, and this process with the bucket), as if they waited for each other all the time: on a machine
  // that does nothing else an import takes less than that.
  const used = worker.processorSeconds() - before.seconds;
  const bucket = (user + system) / 1e6;
  const words = `${seconds.toFixed(1)} s, of processors ${used.toFixed(1)} s worker, ${tables.toFixed(1)} s tables, ${bucket.toFixed(1)} s bucket, memory ${before.peak >> 20} -> ${worker.peakBytes() >> 20} MB, alive ${before.alive >> 20} -> ${worker.peakAliveBytes() >> 20} MB`;
  expect(used + tables + bucket, words).toBeLessThan(60);
});
