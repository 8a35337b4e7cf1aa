"use client";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import type { FoundParticipants, PreviewParticipant } from "../../api/preview.ts";
import { FoundPeople, nameOf, optionId } from "./FoundPeople.tsx";
import styles from "./Preview.module.css";
import { useParticipants } from "./usePreview.ts";

const pauseMilliseconds = 250;

/** For whom the mail is shown: type the beginning of a name, and choose among the people found. */
export function PersonPicker({
  orderId,
  person,
  onChoose,
}: {
  readonly orderId: string;
  readonly person: PreviewParticipant | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const listId = useId();
  // Whoever is chosen stands in the field at once, before their mail is there.
  const [shown, setShown] = useState(person);
  useEffect(() => setShown(person), [person]);
  // Nothing is typed while the field names who is shown.
  const [typed, setTyped] = useState<string>();
  const [paused] = useDebouncedValue(typed ?? "", pauseMilliseconds);
  const search = typed === undefined ? "" : paused;
  const { data, error, isLoading } = useParticipants(orderId, search);
  const people = data?.participants ?? [];
  const isOpen = people.length > 0;
  const [active, setActive] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other people begin at the first of them
  useEffect(() => setActive(0), [data]);

  // The people of what was typed before stay in sight until the others are there.
  const isSearching = isLoading || paused !== (typed ?? "");
  const reset = () => setTyped(undefined);
  const choose = (one: PreviewParticipant) => {
    setShown(one);
    reset();
    onChoose(one.id);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") reset();
    const by = { ArrowDown: 1, ArrowUp: people.length - 1 }[event.key];
    const chosen = event.key === "Enter" && !isSearching ? people[active] : undefined;
    if (chosen) choose(chosen);
    if (isOpen && by !== undefined) setActive((active + by) % people.length);
    if (isOpen && (chosen || by !== undefined)) event.preventDefault();
  };
  return (
    <TextInput
      label="Shown for"
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

function searchStatus(typed: string, isSearching: boolean, answer: FoundParticipants | undefined): string {
  if (typed.trim() === "") return "Type the beginning of a name, an id or an address.";
  if (isSearching) return "Searching …";
  if (!answer) return "Go on typing.";
  return answer.note ?? (answer.participants.length === 0 ? "Nobody found." : "");
}
