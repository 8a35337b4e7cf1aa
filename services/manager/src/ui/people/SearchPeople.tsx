"use client";
import { isSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRouter, useSearchParams } from "next/navigation";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { longestPeopleSearch } from "../../api/people.ts";
import { useTrail } from "../recipients/useTrail.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { PeopleFoot } from "./PeopleFoot.tsx";
import { PeopleFrame } from "./PeopleFrame.tsx";
import { PeopleTable } from "./PeopleTable.tsx";
import { personAddress } from "./personAddress.ts";
import { usePeoplePage } from "./usePeoplePage.ts";

const pauseMilliseconds = 200;

/** Finds people by name, address or id; without a search everyone, by name. */
export function SearchPeople() {
  const { showAddresses } = useViewer();
  const router = useRouter();
  const asked = useSearchParams().get("q") ?? "";
  const [typed, setTyped] = useState(asked);
  const [paused] = useDebouncedValue(typed.trim(), pauseMilliseconds);
  const isTooShort = paused !== "" && !isSearch(paused);
  const wanted = isTooShort ? "" : paused;
  // Kept in the address, so that it can be shared, and is there again after Back.
  useEffect(() => {
    history.replaceState(null, "", wanted === "" ? "/people" : `/people?q=${encodeURIComponent(wanted)}`);
  }, [wanted]);
  const trail = useTrail(wanted);
  const query = new URLSearchParams({ q: wanted, ...(trail.cursor && { cursor: trail.cursor }) });
  const { again, ...state } = usePeoplePage(`/api/people?${query}`);
  const list = useRef<HTMLElement>(null);
  const rows = state.page?.rows ?? [];
  const isCurrent = typed.trim() === wanted && state.phase === "ready";
  const press = (event: KeyboardEvent) => {
    const [only] = rows;
    if (event.key === "Enter" && only && rows.length === 1 && isCurrent) router.push(personAddress(only.id));
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.current?.querySelector<HTMLElement>("tbody a")?.focus();
  };
  return (
    <PeopleFrame>
      <TextInput
        label="Find people"
        description={
          showAddresses
            ? "Words of the name in any order, a part of the address, or the beginning of an id."
            : "Words of the name in any order, the whole address, or the beginning of an id."
        }
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={press}
        maxLength={longestPeopleSearch}
        maw={520}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {state.phase === "failed" && <Problem title="People could not be searched" error={state.error} retry={again} />}
      <Text size="sm" role="status">
        {isTooShort &&
          `“${paused}” is too short for a search: type two letters or digits at least. Everyone is listed.`}
      </Text>
      <PeopleFoot state={state} trail={trail} />
      <section ref={list} aria-label="People found">
        {state.page && rows.length > 0 && (
          <PeopleTable
            page={state.page}
            caption={wanted === "" ? "Everyone, by name" : `People who fit “${wanted}”`}
            isStale={state.phase === "loading" && !state.page.reading}
          />
        )}
        {isCurrent && rows.length === 0 && (
          <Text c="dimmed" ta="center" py="xl">
            {wanted === "" ? "There are no people yet." : `No one fits “${wanted}”.`}
          </Text>
        )}
        {rows.length > 20 && <PeopleFoot state={state} trail={trail} />}
      </section>
    </PeopleFrame>
  );
}
