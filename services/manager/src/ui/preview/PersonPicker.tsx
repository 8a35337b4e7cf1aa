"use client";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import type { FoundParticipants, PreviewParticipant } from "../../api/preview.ts";
import { FoundPeople, nameOf, optionId } from "./FoundPeople.tsx";
import styles from "./Preview.module.css";
import { useParticipants } from "./usePreview.ts";

const pauseMilliseconds = 250;

/** Selects a person, as the one a mail is shown for, by a debounced search for the start of a name, address or id. */
export function PersonPicker({
  peoplePath,
  person,
  onChoose,
  label = "Shown for",
}: {
  /** Of the API: where people are searched. */
  readonly peoplePath: string;
  readonly person: PreviewParticipant | undefined;
  readonly onChoose: (id: string, person: PreviewParticipant) => void;
  readonly label?: string;
}) {
  const listId = useId();
  // Optimistic: the field shows the chosen person at once, before their mail is loaded.
  const [shown, setShown] = useState(person);
  useEffect(() => setShown(person), [person]);
  // Absent while the field shows the chosen person.
  const [typed, setTyped] = useState<string>();
  const [paused] = useDebouncedValue(typed ?? "", pauseMilliseconds);
  const search = typed === undefined ? "" : paused;
  const { data, error, isLoading } = useParticipants(peoplePath, search);
  const people = data?.participants ?? [];
  const isOpen = people.length > 0;
  const [active, setActive] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new results start at the first one
  useEffect(() => setActive(0), [data]);

  // Earlier results stay until the new ones arrive.
  const isSearching = isLoading || paused !== (typed ?? "");
  const reset = () => setTyped(undefined);
  const choose = (one: PreviewParticipant) => {
    setShown(one);
    reset();
    onChoose(one.id, one);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") reset();
    const by = { ArrowDown: 1, ArrowUp: people.length - 1 }[event.key];
    const chosen = event.key === "Enter" && !isSearching ? people[active] : undefined;
    if (chosen) choose(chosen);
    if (isOpen && by !== undefined) setActive((active + by) % people.length);
    // Enter belongs to this field, not to the form around it.
    if (event.key === "Enter" || (isOpen && by !== undefined)) event.preventDefault();
  };
  return (
    <TextInput
      label={label}
      description={<span role="status">{error ? error.message : searchStatus(typed ?? "", isSearching, data)}</span>}
      placeholder="Type a name"
      role="combobox"
      aria-autocomplete="list"
      aria-expanded={isOpen}
      aria-controls={isOpen ? listId : undefined}
      aria-activedescendant={isOpen ? optionId(listId, active) : undefined}
      autoComplete="off"
      spellCheck={false}
      value={typed ?? (shown ? nameOf(shown) : "")}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={reset}
      onKeyDown={press}
      inputContainer={(input) => (
        <div className={styles.picker}>
          {input}
          {isOpen && <FoundPeople id={listId} people={people} active={active} onChoose={choose} />}
        </div>
      )}
    />
  );
}

function searchStatus(typed: string, isSearching: boolean, found: FoundParticipants | undefined): string {
  if (typed.trim() === "") return "Type the start of a name, address or id.";
  if (isSearching) return "Searching…";
  if (!found) return "Keep typing.";
  return found.note ?? (found.participants.length === 0 ? "No one found." : "");
}
