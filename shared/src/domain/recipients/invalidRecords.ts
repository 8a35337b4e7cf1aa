import { count } from "../numberWords.ts";
import type { Detail } from "../workOrder.ts";
import { maskAddresses } from "./address.ts";
import type { Participant } from "./participant.ts";

const invalidRecordRule = "invalid-record";
const shownRecords = 20;
const fewRecords = 20;
const tolerableShare = 0.01;

/** What a step reports about invalid records. `isError` if they are too many to go on. */
export type InvalidRecordReport =
  | {
      readonly details: Detail[];
      readonly isError: false /** A sentence for the step's message; absent if every record fits. */;
      readonly remark?: string;
    }
  | { readonly details: Detail[]; readonly isError: true; readonly remark: string };

/** Collects people with invalid records while a step scans all participants. */
export interface InvalidRecords {
  note(participant: Participant): void;
  report(): InvalidRecordReport;
}

/** True if so many records are broken that the fault is most likely in the application that writes them. */
export function tooManyInvalid(invalid: number, read: number): boolean {
  return invalid >= fewRecords && invalid > read * tolerableShare;
}

/** The sentence that ends a step because of `tooManyInvalid`. */
export function invalidRecordsError(invalid: number, read: number): string {
  return `${count(invalid)} of ${count(read)} participant records have a field that does not fit, which is more than 1 %. Repair the application that writes them, then start again.`;
}

export function openInvalidRecords(): InvalidRecords {
  let [read, invalid] = [0, 0];
  const shown: Detail[] = [];
  return {
    note({ id, invalidRecord }) {
      read += 1;
      if (!invalidRecord) return;
      invalid += 1;
      if (shown.length >= shownRecords) return;
      const { field, problem } = invalidRecord;
      const because = maskAddresses(`the field ${field} of the record does not fit (${problem}).`);
      const text = `Participant ${id} is not mailed: ${because}`;
      shown.push({ language: "all", rule: invalidRecordRule, severity: "warning", text });
    },
    report() {
      if (invalid === 0) return { details: [], isError: false };
      const people = invalid === 1 ? "1 person is" : `${count(invalid)} people are`;
      const whose = invalid === 1 ? "the record has" : "their records have";
      if (tooManyInvalid(invalid, read))
        return { details: shown, remark: invalidRecordsError(invalid, read), isError: true };
      const remark = `${people} not mailed because ${whose} a field that does not fit (see the findings).`;
      return { details: shown, remark, isError: false };
    },
  };
}

/** True for a finding that names a person of any event: which events a broken record belongs to cannot be known. */
export function namesInvalidRecord({ rule }: Pick<Detail, "rule">): boolean {
  return rule === invalidRecordRule;
}

/** The finding without whose record and which field it is: its path may name events and people. */
export function withoutParticipant(detail: Detail): Detail {
  if (!namesInvalidRecord(detail)) return detail;
  return { ...detail, text: "A participant is not mailed: a field of the record does not fit." };
}
