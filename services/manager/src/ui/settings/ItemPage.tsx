"use client";
import { isInvitation } from "@email-agent/shared/domain/configuration/invitations.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { Anchor, Loader, Stack, Text, Title } from "@mantine/core";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useRef, useState } from "react";
import useSWR from "swr";
import type { SettingsItem } from "../../api/settings.ts";
import { call } from "../http.ts";
import { ElsewhereNotice } from "../shell/ElsewhereNotice.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { EditItem } from "./EditItem.tsx";
import type { Values } from "./itemValues.ts";
import { kindTitles } from "./kindTitles.ts";
import { RemoveItem } from "./RemoveItem.tsx";
import { UsedBy } from "./UsedBy.tsx";
import { Versions } from "./Versions.tsx";

const accountNow = "account-now";
/** Of accounts only: the pages of the other kinds do not load it. */
const AccountPanels = dynamic(() => import("./account/AccountPanels.tsx").then((loaded) => loaded.AccountPanels), {
  ssr: false,
});

const read = (path: string) => call<SettingsItem>("GET", path);

/** The form of a new item. */
export function NewItem({ kind }: { readonly kind: ConfigKind }) {
  const { data, error, mutate } = useSWR<SettingsItem>(`/api/settings/${kind}?form`, read, {
    revalidateOnFocus: false,
  });
  // Discarding begins the form anew.
  const [opened, setOpened] = useState(0);
  const { one } = kindTitles[kind];
  return (
    <Stack gap="md">
      <Heading kind={kind} title={`Add ${one.toLowerCase()}`} />
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Loader size="sm" role="status" aria-label="Loading" />}
      {data?.elsewhere !== undefined && <ElsewhereNotice sentence={data.elsewhere} />}
      {data && data.elsewhere === undefined && (
        <EditItem key={opened} item={data} onOpen={() => setOpened((before) => before + 1)} />
      )}
    </Stack>
  );
}

/** An item: its form, what uses it, its earlier versions. */
export function ItemPage({ kind, itemKey }: { readonly kind: ConfigKind; readonly itemKey: string }) {
  const address = `/api/settings/${kind}/${encodeURIComponent(itemKey)}`;
  const { data, error, mutate } = useSWR<SettingsItem>(address, read, { revalidateOnFocus: false });
  // A form begins anew with each version that is loaded on purpose.
  const [{ opened, entered }, setForm] = useState<{ opened: number; entered?: Values | undefined }>({ opened: 0 });
  const open = async (item: SettingsItem, values?: Values) => {
    await mutate(item, { revalidate: false });
    setForm((before) => ({ opened: before.opened + 1, entered: values }));
  };
  const reload = async () => {
    await mutate();
    setForm(({ opened: before }) => ({ opened: before + 1 }));
  };
  const isDirty = useRef(false);
  const isRemoved = data !== undefined && data.version === undefined && data.versions.length > 0;
  return (
    <Stack gap="md">
      <Heading kind={kind} title={titleOf(kind, itemKey, data)}>
        {data?.changedAt !== undefined && (
          <Text size="sm" c="dimmed">
            Version {data.version}, <Moment at={data.changedAt} style="long" />
            {data.changedBy !== undefined && ` by ${data.changedBy}`}
          </Text>
        )}
      </Heading>
      {data?.version !== undefined && kind === "account" && (
        <Anchor href={`#${accountNow}`} size="sm">
          Use, pause, check, trial mail and DKIM keys ↓
        </Anchor>
      )}
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Loader size="sm" role="status" aria-label="Loading" />}
      {data?.elsewhere !== undefined && <ElsewhereNotice sentence={data.elsewhere} />}
      {data && isRemoved && !entered && (
        <Text size="sm">
          It was removed.
          {data.elsewhere === undefined && " Compare a version below and put it into the form to bring it back."}
        </Text>
      )}
      {data && (!isRemoved || entered) && (
        <EditItem
          key={opened}
          item={data}
          entered={entered}
          onOpen={(item, values) => void open(item, values)}
          onDirty={(dirty) => {
            isDirty.current = dirty;
          }}
        />
      )}
      {data?.version !== undefined && kind === "account" && (
        // A form with unsaved entries stays as it is: saving it says that the account was changed meanwhile.
        <div id={accountNow}>
          <AccountPanels name={itemKey} onChanged={() => void (isDirty.current || reload())} />
        </div>
      )}
      {data && <UsedBy item={data} />}
      {data && <Versions item={data} onRestore={(values) => void open(data, values)} />}
      {data?.version !== undefined && kind !== "setting" && data.elsewhere === undefined && <RemoveItem item={data} />}
    </Stack>
  );
}

/** An invitation has a key that says nothing: it goes by the name of the person. */
function titleOf(kind: ConfigKind, key: string, item: SettingsItem | undefined): string {
  const { one } = kindTitles[kind];
  return kind === "user" && isInvitation(key) ? `Invited user ${item?.values["name"] ?? ""}` : `${one} ${key}`;
}

function Heading(props: { readonly kind: ConfigKind; readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div>
      <Anchor component={Link} href={`/settings/${props.kind}`} size="sm">
        ← {kindTitles[props.kind].all}
      </Anchor>
      <Title order={1} size="h3" style={{ overflowWrap: "anywhere" }}>
        {props.title}
      </Title>
      {props.children}
    </div>
  );
}
