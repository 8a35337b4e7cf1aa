"use client";
import {
  type Encoding,
  encodings,
  type ImportReading,
  type Separator,
  separators,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { Alert, Checkbox, Group, NativeSelect, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import useSWR from "swr";
import type { FileReading, ShownImport } from "../../api/imports.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { ActProblem } from "./ActProblem.tsx";
import { ColumnTable } from "./ColumnTable.tsx";
import { encodingWords, separatorWords } from "./importWords.ts";
import type { ImportAct } from "./useImportAct.ts";

interface Format {
  readonly encoding?: Encoding;
  readonly separator?: Separator;
}

/** How the file is read: encoding, separator, and the field of each column; then Check. */
export function ReadingForm({ item, act }: { readonly item: ShownImport; readonly act: ImportAct }) {
  const before = item.reading;
  const [format, setFormat] = useState<Format>(
    before ? { encoding: before.encoding, separator: before.separator } : {},
  );
  const [chosen, setChosen] = useState<Readonly<Record<string, readonly string[]>>>({});
  const [sharedAddresses, setShared] = useState(before?.sharedAddresses ?? false);
  const { data, error, isLoading, mutate } = useSWR(
    [`/api/people/imports/${item.id}/reading`, format.encoding, format.separator],
    ([path]) => call<FileReading>("POST", path, format),
    { revalidateOnFocus: false, keepPreviousData: true },
  );
  if (!data)
    return error === undefined ? (
      <Skeleton height={200} />
    ) : (
      <Problem error={error} title="The file cannot be read" retry={() => void mutate()} />
    );
  const key = JSON.stringify(data.headings);
  const isSameFile = before && JSON.stringify(item.headings) === key;
  const fields = chosen[key] ?? (isSameFile ? before.fields : data.fields);
  const { encoding, separator } = data;
  const check = () => {
    const reading: ImportReading = { encoding, separator, fields: [...fields], sharedAddresses };
    act.run({ act: "check", reading });
  };
  return (
    <Stack gap="lg">
      <section aria-label="How the file is read">
        <Title order={2} size="h5" mb="xs">
          1. How the file is read
        </Title>
        <Group align="flex-end">
          <NativeSelect
            label="Encoding"
            value={encoding}
            onChange={(event) => setFormat({ encoding: event.currentTarget.value as Encoding, separator })}
            data={encodings.map((value) => ({ value, label: encodingWords[value] }))}
            w={{ base: "100%", xs: 440 }}
          />
          <NativeSelect
            label="Separator of the columns"
            value={separator}
            onChange={(event) => setFormat({ encoding, separator: event.currentTarget.value as Separator })}
            data={separators.map((value) => ({ value, label: separatorWords[value] }))}
            w={{ base: "100%", xs: 240 }}
          />
        </Group>
        {error !== undefined && <Problem error={error} title="The file cannot be read in this way" />}
        {data.doubts.map((doubt) => (
          <Alert key={doubt} color="yellow" variant="light" mt="sm" role="alert">
            {doubt}
          </Alert>
        ))}
      </section>
      <section aria-label="What the columns are" aria-busy={isLoading}>
        <Title order={2} size="h5" mb={4}>
          2. What the columns are
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          {data.isRemembered && !isSameFile
            ? "As in the last import of a file with these headings. "
            : "Matched by their headings; choose where that is wrong. "}
          An empty cell leaves its field as it is. Without a participant ID people are found by their mail address.
        </Text>
        <ColumnTable reading={data} fields={fields} onChange={(next) => setChosen({ ...chosen, [key]: next })} />
      </section>
      <Checkbox
        label="People may share an address (families)"
        description="Then a row with a participant ID may have an address that another person has, too. Each of them gets the mail."
        checked={sharedAddresses}
        onChange={(event) => setShared(event.currentTarget.checked)}
      />
      <ActProblem act={act} />
      <Group>
        <BusyButton busy={act.busy} onClick={check}>
          Check the file
        </BusyButton>
        <Text size="sm" c="dimmed">
          This changes nothing yet.
        </Text>
      </Group>
    </Stack>
  );
}
