"use client";
import { programFlags } from "@email-agent/shared/domain/recipients/participant.ts";
import { Group, NativeSelect, Text, TextInput } from "@mantine/core";
import type { FileReading } from "../../api/imports.ts";
import { useOptions } from "../orders/useOptions.ts";
import table from "../shell/Table.module.css";
import styles from "./Import.module.css";
import { fieldWords } from "./importWords.ts";

interface Props {
  readonly reading: FileReading;
  readonly fields: readonly string[];
  readonly onChange: (fields: readonly string[]) => void;
}

/** Every column of the file with its first cells and the field it is imported to. */
export function ColumnTable({ reading, fields, onChange }: Props) {
  const ignored = reading.headings.filter((_, index) => !fields[index]);
  return (
    <>
      <table className={`${table.table} ${table.stacks}`}>
        <thead>
          <tr>
            <th scope="col" className={styles.heading}>
              Column
            </th>
            <th scope="col">First rows</th>
            <th scope="col">Imported as</th>
          </tr>
        </thead>
        <tbody>
          {reading.headings.map((heading, index) => {
            const name = heading || `Column ${index + 1}`;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the columns of one file, which may have the same heading twice
              <tr key={index}>
                <th scope="row" className={styles.text}>
                  {name}
                </th>
                <td className={styles.samples}>
                  {reading.rows.slice(0, 3).map((row, n) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the rows of one file
                    <span key={n} className={styles.sample}>
                      {row[index] || "–"}
                    </span>
                  ))}
                </td>
                <td>
                  <FieldChoice
                    heading={name}
                    field={fields[index] ?? ""}
                    onChange={(field) => onChange(fields.map((other, n) => (n === index ? field : other)))}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {ignored.length > 0 && (
        <Text size="sm" mt="xs" className={styles.text}>
          Not imported: {ignored.map((heading) => heading || "a column without a heading").join(", ")}.
        </Text>
      )}
    </>
  );
}

const simple = ["id", "email", "first", "last", "country", "writtenLangPref", "unsubscribe"];

interface ChoiceProps {
  readonly heading: string;
  readonly field: string;
  readonly onChange: (field: string) => void;
}

function FieldChoice({ heading, field, onChange }: ChoiceProps) {
  const { options } = useOptions();
  const [kind = "", ...rest] = field.split(".");
  const firstEvent = options?.events[0]?.code ?? "";
  const choose = (next: string) => {
    if (next === "practice") onChange(`practice.${heading.replaceAll('"', "")}`);
    else if (next === "programs") onChange(`programs.${firstEvent}.${programFlags[0]}`);
    else onChange(next);
  };
  return (
    <div className={styles.field}>
      <NativeSelect
        aria-label={`Field of ${heading}`}
        size="xs"
        value={kind}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: "", label: "Not imported" },
          ...simple.map((name) => ({ value: name, label: fieldWords[name] ?? name })),
          { value: "practice", label: "Interest (yes or no)" },
          { value: "programs", label: "Event (yes or no)" },
        ]}
      />
      {kind === "practice" && (
        <TextInput
          aria-label={`Interest of ${heading}`}
          size="xs"
          value={rest.join(".")}
          onChange={(event) => onChange(`practice.${event.currentTarget.value}`)}
        />
      )}
      {kind === "programs" && (
        <ProgramChoice heading={heading} event={rest[0] ?? ""} flag={rest[1] ?? ""} onChange={onChange} />
      )}
    </div>
  );
}

function ProgramChoice({
  heading,
  event,
  flag,
  onChange,
}: Omit<ChoiceProps, "field"> & { readonly event: string; readonly flag: string }) {
  const { options } = useOptions();
  const codes = [...new Set([event, ...(options?.events.map(({ code }) => code) ?? [])])].filter((code) => code !== "");
  return (
    <Group gap={6}>
      <NativeSelect
        aria-label={`Event of ${heading}`}
        size="xs"
        value={event}
        onChange={(change) => onChange(`programs.${change.currentTarget.value}.${flag}`)}
        data={codes}
      />
      <NativeSelect
        aria-label={`Relation to the event of ${heading}`}
        size="xs"
        value={flag}
        onChange={(change) => onChange(`programs.${event}.${change.currentTarget.value}`)}
        data={[...programFlags]}
      />
    </Group>
  );
}
