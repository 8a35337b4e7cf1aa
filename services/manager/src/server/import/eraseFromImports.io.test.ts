import type { User } from "@email-agent/shared/domain/configItems.ts";
import { bucketTexts } from "@email-agent/shared/testing/bucketTexts.ts";
import { someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { actOn, checkCsv, importWorker, uploadCsv } from "../../../testing/importCsv.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { finishForgetting, forgetPerson } from "../people/forgetPerson.ts";
import { importFiles } from "./importFiles.ts";
import { readImport } from "./readImports.ts";
import { readUpload } from "./readUpload.ts";
import { startImport } from "./startImport.ts";

let fixture: ManagerFixture;
let anna: User;

beforeEach(async () => {
  fixture = await openManagerFixture();
  await putConfig(fixture.stack.aws, fixture.stack.config, { languages: [...someLanguages().values()] });
  anna = await fixture.addUser({ id: "anna", role: "write", people: true, showAddresses: true, exportCsv: true });
});
afterEach(() => fixture?.[Symbol.asyncDispose]());

const never = new AbortController().signal;
const headings = "id,email,first,last,country,language";
const zenobia = "200000777,zq@example.org,Zenobia,Quill,Spain,Spanish";
const others = Array.from({ length: 5 }, (_, n) => `20000010${n},person${n}@example.org,Ana,Ortiz,Spain,Spanish`);
const csv = (...rows: string[]) => [headings, ...rows, ...others].join("\r\n");
const forget = () => forgetPerson(fixture.manager, { id: "200000777", by: "anna", reason: "asked in a letter" });
const traces = /zenobia|quill|zq@|200000777/i;

/** Every object of an import. */
const textsOf = (id: string) => bucketTexts(fixture.stack.aws, fixture.stack.config, `imports/${id}/`);

test("acceptance 106: forget takes a person out of the files of imports, and the others can still be undone", async () => {
  const { manager } = fixture;
  await using _ = importWorker(manager);
  const added = await checkCsv(manager, anna, Buffer.from(`\ufeff${csv(zenobia)}`, "utf16le"));
  await actOn(manager, anna, added.id, "apply");
  // Refused: the row has the address alone, and gives a language that no one knows.
  const refused = await checkCsv(manager, anna, csv(",ZQ@example.org,Zenobia,Quillfeather,Spain,Klingon"));
  expect(refused.found).toMatchObject({ refused: 1 });
  const changed = await checkCsv(
    manager,
    anna,
    csv(zenobia.replace("Spain", "France"), ",new@example.org,Bo,Li,Spain,Spanish"),
  );
  expect(changed.found).toMatchObject({ added: 1, changed: 1 });
  const touched = [added, refused, changed];
  const strangers = await uploadCsv(manager, anna, csv(), "strangers.csv");
  for (const { id } of touched)
    expect((await textsOf(id)).filter((text) => traces.test(text)).length).toBeGreaterThan(1);

  await forget();
  for (const { id } of touched) expect((await textsOf(id)).filter((text) => traces.test(text))).toEqual([]);

  // The plan without the person is applied and undone; the file cannot be read again.
  await expect(readUpload(manager, anna, changed.id, {})).rejects.toThrow(/was erased, because a person in it/);
  expect((await actOn(manager, anna, changed.id, "apply")).applied).toMatchObject({ added: 1, changed: 0, left: 0 });
  await actOn(manager, anna, added.id, "undo");
  expect((await readImport(manager, added.id)).undone).toMatchObject({ removed: 5 });
  expect(await manager.participants.get("200000777")).toEqual({ id: "200000777", forgotten: expect.any(String) });
  expect((await readUpload(manager, anna, strangers.id, {})).rows).toHaveLength(5);
});

test("a check that runs meanwhile ends, and what it had written by then is erased as well", async () => {
  const { manager } = fixture;
  let now = Date.now();
  fixture.setTime(now);
  {
    await using _ = importWorker(manager);
    await actOn(manager, anna, (await checkCsv(manager, anna, csv(zenobia))).id, "apply");
  }
  const { id, reading } = await uploadCsv(manager, anna, csv(zenobia));
  const { encoding, separator, fields } = reading;
  await startImport(manager, anna, id, {
    act: "check",
    reading: { encoding, separator, fields: [...fields], sharedAddresses: false },
  });
  const waiting = await manager.peopleImports.get(id);
  const taken = waiting && (await manager.peopleImports.pickUp(waiting, "worker-1", now, 1000));
  expect(taken?.token).toBe(1);
  await forget();
  expect(await readImport(manager, id)).toMatchObject({
    state: "failed",
    failure: expect.stringMatching(/was forgotten/),
  });
  expect(await manager.peopleImports.record({ sk: id, token: 1 }, { state: "checked" })).toBe(false);
  await expect(startImport(manager, anna, id, { act: "continue" })).rejects.toThrow(/Upload it again/);

  const late = [{ row: 2, cells: ["", "zq@example.org", "Zenobia"], reason: "…" }];
  await importFiles(manager, id, 1).put("refused", 0, late);
  expect((await textsOf(id)).filter((text) => traces.test(text))).toHaveLength(1);
  now += 11 * 60_000;
  fixture.setTime(now);
  await finishForgetting(manager, never);
  expect((await textsOf(id)).filter((text) => traces.test(text))).toEqual([]);
});
