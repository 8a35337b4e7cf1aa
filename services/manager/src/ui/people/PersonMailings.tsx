"use client";
import { Button, Loader, SegmentedControl, Text, Title } from "@mantine/core";
import { useState } from "react";
import useSWRInfinite from "swr/infinite";
import type { PersonMailings as Page, PersonMailing } from "../../api/people.ts";
import { call } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import { MailingTable } from "./MailingTable.tsx";
import styles from "./People.module.css";
import { personAddress } from "./personAddress.ts";

type Shown = "all" | "mailed";

/**
 * What became of every mailing for one person, newest orders first; mails of Tests are apart. `standing`: whatever decides
 * whether they are mailed; when it changes, the mailings are read again.
 */
export function PersonMailings({ id, standing }: { readonly id: string; readonly standing: string }) {
  const [shown, setShown] = useState<Shown>("all");
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<Page, Error>(
    (index, before: Page | null) => {
      const path = pageAddress(id, shown, index, before);
      return path && [path, standing];
    },
    ([path]: readonly [string, string]) => call<Page>("GET", path),
    { revalidateFirstPage: false, shouldRetryOnError: false },
  );
  const mailings = data?.flatMap((page) => page.mailings) ?? [];
  const tests = data?.flatMap((page) => page.tests) ?? [];
  const hasMore = data?.at(-1)?.next !== undefined;
  const isLoading = isValidating && (data?.length ?? 0) < size;
  return (
    <section aria-labelledby="person-mailings" className={styles.section}>
      <Title order={2} size="h4" id="person-mailings">
        Mailings
      </Title>
      <SegmentedControl
        value={shown}
        onChange={(value) => setShown(value as Shown)}
        data={[
          { value: "all", label: "All, with reasons" },
          { value: "mailed", label: "Only what was mailed" },
        ]}
        aria-label="Which mailings"
        size="xs"
        my="xs"
      />
      {error && <Problem title="The mailings could not be loaded" error={error} retry={() => void mutate()} />}
      {mailings.length > 0 && <MailingTable mailings={mailings} labelledBy="person-mailings" />}
      {data && !hasMore && mailings.length === 0 && <Text size="sm">{emptyWords(shown)}</Text>}
      {isLoading && <Loader size="sm" mt="sm" role="status" aria-label="Loading mailings" />}
      {hasMore && !isLoading && (
        <Button mt="sm" size="compact-sm" variant="default" onClick={() => void setSize(size + 1)}>
          Show earlier work orders
        </Button>
      )}
      <Tests tests={tests} />
    </section>
  );
}

function Tests({ tests }: { readonly tests: readonly PersonMailing[] }) {
  if (tests.length === 0) return undefined;
  return (
    <>
      <Title order={3} size="h5" id="person-tests" mt="lg">
        Tests
      </Title>
      <MailingTable mailings={tests} labelledBy="person-tests" />
    </>
  );
}

function pageAddress(id: string, shown: Shown, index: number, before: Page | null): string | null {
  if (index > 0 && before?.next === undefined) return null;
  const query = new URLSearchParams({
    ...(shown === "mailed" && { only: "mailed" }),
    ...(before?.next !== undefined && { after: before.next }),
  });
  return `/api${personAddress(id)}/mailings?${query}`;
}

function emptyWords(shown: Shown): string {
  return shown === "mailed" ? "No mail was sent to this person." : "There is no work order you may see.";
}
