"use client";
import { Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMediaQuery, useMounted } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useOrders } from "../live/useLive.ts";
import { filterOrders } from "./filterOrders.ts";
import { OrderTable } from "./OrderTable.tsx";
import { usualSort } from "./sortOrders.ts";
import { useMailingNames } from "./useOptions.ts";

/** The archived orders: not in the main list, still open to view and to restore. */
export function ArchiveWindow({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { orders } = useOrders();
  const namesOf = useMailingNames();
  const [text, setText] = useState("");
  const [sort, setSort] = useState(usualSort);
  // A modal that is open at its first rendering does not know where the focus was, and cannot restore it.
  const isThere = useMounted();
  const isSmall = useMediaQuery("(max-width: 48em)");
  const shown = useMemo(() => filterOrders(orders, { archived: true, text, namesOf }), [orders, text, namesOf]);
  return (
    <Modal
      opened={opened && isThere}
      onClose={onClose}
      title="Archived orders"
      size="90%"
      fullScreen={isSmall ?? false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <TextInput
          aria-label="Filter archived orders by text"
          placeholder="Filter"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maw={420}
        />
        {shown.length > 0 ? (
          <OrderTable orders={shown} sort={sort} onSort={setSort} />
        ) : (
          <Text c="dimmed" ta="center" py="lg">
            {text === "" ? "Nothing is archived." : "No archived order matches this filter."}
          </Text>
        )}
      </Stack>
    </Modal>
  );
}
