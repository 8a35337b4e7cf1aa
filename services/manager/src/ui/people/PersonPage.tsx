"use client";
import { Anchor, Loader, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import Link from "next/link";
import useSWR from "swr";
import type { Person } from "../../api/people.ts";
import { call, RequestFailed } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import { Sign } from "../shell/Sign.tsx";
import { PersonChanges } from "./PersonChanges.tsx";
import { PersonEvents } from "./PersonEvents.tsx";
import { PersonFacts } from "./PersonFacts.tsx";
import { PersonMailings } from "./PersonMailings.tsx";
import { PersonNotices } from "./PersonNotices.tsx";
import { PersonPools } from "./PersonPools.tsx";
import { personLooks } from "./peopleWords.ts";
import { personAddress } from "./personAddress.ts";

/** The page of one person: who they are, what keeps mail from them, and what became of every mailing. */
export function PersonPage({ id }: { readonly id: string }) {
  const { data, error, mutate } = useSWR<Person, Error>(
    `/api${personAddress(id)}`,
    (path: string) => call<Person>("GET", path),
    // Who shares the address is known once everyone is read.
    { refreshInterval: (latest) => (latest?.sameAddress.reading ? 1000 : 0), shouldRetryOnError: false },
  );
  const isAbsent = error instanceof RequestFailed && error.status === 404;
  return (
    <Stack gap="md">
      <Anchor component={Link} href="/people" size="sm">
        ← People
      </Anchor>
      {!data && !error && <Loader size="sm" role="status" aria-label="Loading the person" />}
      {error && (
        <Problem
          title={isAbsent ? "Not found" : "The person could not be loaded"}
          error={error}
          {...(!isAbsent && { retry: () => void mutate() })}
        />
      )}
      {data && <Shown person={data} />}
    </Stack>
  );
}

function Shown({ person }: { readonly person: Person }) {
  const { id, name, email, unsubscribed, suppression, forgotten } = person;
  useDocumentTitle(`${name || id} · People`);
  return (
    <>
      <div>
        <Title order={1} size="h3" style={{ overflowWrap: "anywhere" }}>
          {name || id} {personLooks(person).map((look) => [" ", <Sign key={look.word} look={look} />])}
        </Title>
        <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {email || "No address"}
        </Text>
      </div>
      <PersonNotices person={person} />
      <PersonFacts person={person} />
      <PersonChanges id={id} />
      <PersonMailings id={id} standing={JSON.stringify([email, unsubscribed, suppression, forgotten])} />
      <PersonEvents person={person} />
      <PersonPools person={person} />
    </>
  );
}
