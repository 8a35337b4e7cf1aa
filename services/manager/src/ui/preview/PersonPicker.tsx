"use client";
import { Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { FoundParticipants, PreviewParticipant } from "../../api/preview.ts";
import styles from "./Preview.module.css";
import { useParticipants } from "./usePreview.ts";

/** For whom the mail is shown: type the beginning of a name, and choose. */
export function PersonPicker({
  orderId,
  person,
  onChoose,
}: {
  readonly orderId: string;
  readonly person: PreviewParticipant | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 250);
  // Whoever is chosen stands in the field at once, before their mail is there.
  const [shown, setShown] = useState(person);
  useEffect(() => setShown(person), [person]);
  // Choosing somebody writes their name into the field: that is no search.
  const wanted = shown && search === labelOf(shown) ? "" : search;
  const { data, error, isLoading } = useParticipants(orderId, wanted);
  const found = data?.participants ?? [];
  // Who is shown is offered last, and always: the field names them, and an empty list says nothing to a screen reader.
  const people = new Map([...found, ...(shown ? [shown] : [])].map((one) => [one.id, one]));
  return (
    <Select
      label="Shown for"
      description={
        <span role="status">{error ? error.message : searchStatus(wanted, isLoading || search !== typed, data)}</span>
      }
      placeholder="Type a name"
      searchable
      data={[...people.values()].map((one) => ({ value: one.id, label: labelOf(one) }))}
      filter={({ options }) => options}
      value={shown?.id ?? null}
      onChange={(id) => id && choose(id)}
      onSearchChange={setTyped}
      allowDeselect={false}
      renderOption={({ option }) => <PersonOption person={people.get(option.value)} />}
      selectFirstOptionOnChange
      withScrollArea={false}
      classNames={{ options: styles.people }}
    />
  );

  function choose(id: string) {
    setShown(people.get(id));
    onChoose(id);
  }
}

function labelOf({ id, name }: PreviewParticipant): string {
  return name || id;
}

function searchStatus(wanted: string, isSearching: boolean, answer: FoundParticipants | undefined): string {
  if (wanted.trim() === "") return "Type the beginning of a name, an id or an address.";
  if (isSearching) return "Searching …";
  if (!answer) return "Go on typing.";
  return answer.note ?? (answer.participants.length === 0 ? "Nobody found." : "");
}

function PersonOption({ person }: { readonly person: PreviewParticipant | undefined }) {
  if (!person) return null;
  return (
    <div>
      <Text size="sm">{labelOf(person)}</Text>
      <Text size="xs" className={styles.wrap}>
        {[person.email, person.id].filter(Boolean).join(" · ")}
      </Text>
    </div>
  );
}
