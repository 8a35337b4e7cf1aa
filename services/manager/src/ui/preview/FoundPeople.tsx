"use client";
import { Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { PreviewParticipant } from "../../api/preview.ts";
import styles from "./Preview.module.css";

interface Props {
  readonly id: string;
  readonly people: readonly PreviewParticipant[];
  /** Index of the one that Enter chooses. */
  readonly active: number;
  readonly onChoose: (person: PreviewParticipant) => void;
}

/** The people a search found, as a list box below its field. The focus stays in the field. */
export function FoundPeople({ id, people, active, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // A click on it, or on its scroll bar, leaves the focus in the field.
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="People found"
      className={styles.people}
      onMouseDown={(event) => event.preventDefault()}
    >
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field handles the keys
        <div
          key={person.id}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          className={styles.found}
          onClick={() => onChoose(person)}
        >
          <Text size="sm">{nameOf(person)}</Text>
          <Text size="xs" className={styles.wrap}>
            {[person.email, person.id].filter(Boolean).join(" · ")}
          </Text>
        </div>
      ))}
    </div>
  );
}

export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

export function nameOf({ id, name }: PreviewParticipant): string {
  return name || id;
}
