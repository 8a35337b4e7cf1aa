"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { steps } from "@email-agent/shared/domain/steps.ts";
import { Alert, Button, Group, NativeSelect, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDocumentTitle } from "@mantine/hooks";
import Link from "next/link";
import { Fragment, useMemo, useState } from "react";
import { FirstSteps } from "../firstSteps/FirstSteps.tsx";
import { useOrders } from "../live/useLive.ts";
import { useTabIcon } from "../notices/useTabIcon.ts";
import { listTab } from "../order/tabState.ts";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import { StatusBar } from "../shell/StatusBar.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { filterOrders, type StatusFilter, statusFilters } from "./filterOrders.ts";
import { OrderTable } from "./OrderTable.tsx";
import { useKeptSort } from "./useKeptSort.ts";
import { useMailingNames } from "./useOptions.ts";

/** Both buttons fit beside each other on a phone. */
const narrow = { base: "sm", sm: "md" };
const ArchiveWindow = later(() => import("./ArchiveWindow.tsx").then((module) => module.ArchiveWindow));

/** The page an operator opens first: every work order with its status, live. */
export function OrderList() {
  const { phase, problem, orders, unreadable } = useOrders();
  const viewer = useViewer();
  const namesOf = useMailingNames();
  const [{ text, status }, setFilter] = useKeptFilter();
  const [sort, setSort] = useKeptSort();
  const [searched] = useDebouncedValue(text, 120);
  const [archive, setArchive] = useState<"unseen" | "open" | "closed">("unseen");
  const tab = useMemo(() => listTab(orders), [orders]);
  useDocumentTitle(tab?.title ?? "Work orders · Email Manager");
  useTabIcon(tab?.tone);
  const current = orders.filter((order) => !order.archived).length;
  const shown = useMemo(
    () => filterOrders(orders, { archived: false, text: searched, namesOf, ...(status && { status }) }),
    [orders, searched, status, namesOf],
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <Title order={1} size="h3">
          Work orders
        </Title>
        {mayWrite(viewer) && (
          <Group gap="xs">
            <Button component={Link} href="/work-orders/copy" prefetch={false} variant="default" px={narrow}>
              Duplicate an event …
            </Button>
            <Button component={Link} href="/work-orders/new" px={narrow}>
              New work order
            </Button>
          </Group>
        )}
      </Group>
      {phase === "failed" && <Problem title="The work orders could not be loaded" error={problem} />}
      {unreadable > 0 && (
        <Alert color="yellow" variant="light" title={`${counted(unreadable, "item", "items")} cannot be shown`}>
          This version cannot read some items in the table of work orders. The manager's log names them.
        </Alert>
      )}
      <FirstSteps />
      {phase === "ready" && current === 0 && <FirstVisit />}
      {phase === "ready" && current > 0 && (
        <>
          <Group gap="sm" role="search">
            <TextInput
              aria-label="Filter by text"
              placeholder="Filter: event, stage, subject, account …"
              value={text}
              onChange={(event) => setFilter({ text: event.currentTarget.value, status })}
              style={{ flex: "1 1 240px" }}
              maw={420}
            />
            <NativeSelect
              aria-label="Filter by status"
              data={[{ value: "", label: "Any status" }, ...statusFilters]}
              value={status ?? ""}
              onChange={(event) =>
                setFilter({
                  text,
                  status: statusFilters.find(({ value }) => value === event.currentTarget.value)?.value,
                })
              }
              w={190}
            />
            <Text size="sm" c="dimmed" role="status">
              {shown.length === current ? "" : `${count(shown.length)} of ${count(current)}`}
            </Text>
          </Group>
          {shown.length > 0 ? (
            <OrderTable orders={shown} sort={sort} onSort={setSort} />
          ) : (
            <Text c="dimmed" ta="center" py="xl">
              No work order matches this filter.{" "}
              <Button variant="subtle" size="compact-sm" onClick={() => clear()}>
                Clear the filter
              </Button>
            </Text>
          )}
        </>
      )}
      {phase === "loading" && <Loading />}
      {archive !== "unseen" && <ArchiveWindow opened={archive === "open"} onClose={() => setArchive("closed")} />}
      <StatusBar onArchive={() => setArchive("open")} />
    </Stack>
  );

  function clear() {
    setFilter({ text: "", status: undefined });
  }
}

interface Filter {
  readonly text: string;
  readonly status: StatusFilter | undefined;
}

const keptAs = "work-orders-filter";

/** The filter of the list, kept in this tab: going back from a work order shows the list as it was. */
function useKeptFilter(): [Filter, (filter: Filter) => void] {
  const [filter, setFilter] = useState<Filter>(keptFilter);
  const keep = (next: Filter) => {
    setFilter(next);
    sessionStorage.setItem(keptAs, JSON.stringify(next));
  };
  return [filter, keep];
}

function keptFilter(): Filter {
  const none = { text: "", status: undefined };
  if (typeof sessionStorage === "undefined") return none;
  const kept: Partial<Record<string, unknown>> = JSON.parse(sessionStorage.getItem(keptAs) ?? "{}");
  const status = statusFilters.find(({ value }) => value === kept["status"])?.value;
  return { text: typeof kept["text"] === "string" ? kept["text"] : "", status };
}

function Loading() {
  return (
    <Stack gap={8} role="status" aria-busy="true" aria-label="Loading work orders">
      {Array.from({ length: 6 }, (_, row) => `row ${row}`).map((row) => (
        <Skeleton key={row} height={38} />
      ))}
    </Stack>
  );
}

function FirstVisit() {
  const { role } = useViewer();
  return (
    <Stack align="center" gap="sm" py={48} maw={560} mx="auto" ta="center">
      <Title order={2} size="h4">
        No work order yet
      </Title>
      <Text c="dimmed">
        A work order is one mailing: of one event and stage, in one or more languages. You start its steps one by one.
      </Text>
      <Text component="dl" size="sm" c="dimmed" ta="start">
        {steps.map(({ name, help }) => (
          <Fragment key={name}>
            <dt>
              <b>{name}</b>
            </dt>
            <dd>{help}</dd>
          </Fragment>
        ))}
      </Text>
      {mayWrite({ role }) ? (
        <Button component={Link} href="/work-orders/new">
          Create the first work order
        </Button>
      ) : (
        <Text c="dimmed">A user with write access can create the first one.</Text>
      )}
    </Stack>
  );
}
