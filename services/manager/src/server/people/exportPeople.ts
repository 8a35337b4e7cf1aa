import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { type Participant, programFlags } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { requireAllEvents } from "../import/createImport.ts";
import { type ImportField, importField, simpleFieldNames } from "../import/importFields.ts";
import { exportedText, valueAt } from "../import/judgeCell.ts";
import type { Manager } from "../manager.ts";
import { byteOrderMark, csvLine, csvResponse } from "../recipients/csvText.ts";
import { streamText } from "../recipients/streamText.ts";

type Ports = Pick<Manager, "participants" | "audit" | "clock" | "counts">;

/**
 * Everyone who was not forgotten as CSV, streamed, under the headings that an import knows, so that the file can be imported again. Two passes
 * over the table: the first finds which interests and events there are. Without `showAddresses` there is no column with
 * addresses: masked ones would be imported as new ones. AppError `forbidden` without `exportCsv` or without access to all events.
 */
export async function exportPeople(ports: Ports, user: User, signal: AbortSignal): Promise<Response> {
  if (!user.exportCsv) throw new AppError("forbidden", "Your rights do not include the export of people.");
  requireAllEvents(user);
  const leave = new AbortController();
  const both = AbortSignal.any([signal, leave.signal]);
  const fields = await ports.counts.run(() => exportedFields(ports, user, both), both);
  const now = ports.clock.now();
  const data = { columns: fields.map(({ name }) => name) };
  await ports.audit.put(userLine({ workOrderId: "-", by: user.id, what: "exported people", data }, ulid(now), now));
  const lines = csvOf(ports, fields, both);
  return csvResponse(
    await streamText(lines, (reason) => leave.abort(reason)),
    `people-${instant(now).slice(0, 10)}.csv`,
  );
}

async function exportedFields({ participants }: Ports, user: User, signal: AbortSignal): Promise<ImportField[]> {
  const found = new Set<string>();
  const note = (names: readonly string[], map: object) => {
    for (const [name, value] of Object.entries(map))
      if (typeof value === "boolean") found.add([...names, name].join("."));
  };
  for await (const page of participants.pages({ signal }))
    for (const { practice, programs } of page) {
      note(["practice"], practice ?? {});
      for (const [event, program] of Object.entries(programs ?? {})) note(["programs", event], program ?? {});
    }
  const simple = simpleFieldNames.filter((name) => name !== "email" || user.showAddresses);
  const flags: readonly string[] = programFlags;
  const place = (name: string) => flags.indexOf(name.slice(name.lastIndexOf(".") + 1));
  const eventOf = (name: string) => name.slice(0, name.lastIndexOf("."));
  const further = [...found].sort((one, other) =>
    one.startsWith("programs.") && eventOf(one) === eventOf(other)
      ? place(one) - place(other)
      : one.localeCompare(other, "en"),
  );
  return [...simple, ...further].flatMap((name) => importField(name) ?? []);
}

async function* csvOf(
  { participants }: Ports,
  fields: readonly ImportField[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(fields.map(({ name }) => name));
  for await (const page of participants.pages({ signal }))
    yield page
      .filter(({ forgotten }) => !forgotten)
      .map((person) => lineOf(person, fields))
      .join("");
}

function lineOf(person: Participant, fields: readonly ImportField[]): string {
  return csvLine(fields.map(({ path }) => exportedText(valueAt(person, path))));
}
