"use client";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { NativeSelect, SegmentedControl, Tabs, TextInput } from "@mantine/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import {
  longestRecipientSearch,
  type RecipientListName,
  type RecipientStatus,
  reasonsOf,
  statusesOf,
} from "../../api/recipients.ts";
import { recipientLooks } from "../shell/statusLooks.ts";
import { useViewer } from "../shell/useShellFacts.ts";
import { changeList, type ShownList } from "./listAddress.ts";
import { MailingSelect } from "./MailingSelect.tsx";
import styles from "./Recipients.module.css";
import { listWords } from "./recipientWords.ts";

const typingMilliseconds = 350;

/** Selects the list, mailing, language and filter, and searches. Must be inside the `Tabs` whose panel is the list. */
export function ListControls({ order, shown }: { readonly order: Order; readonly shown: ShownList }) {
  const { list, mailing, language, status, reason, q } = shown;
  const of = { list, ...(mailing && { mailing }), language };
  const same = { ...of, ...(status && { status }), ...(reason && { reason }), ...(q && { q }) };
  const show = (name: RecipientListName) => changeList({ list: name, language, ...(q && { q }) });
  const statuses = statusesOf[list];
  const filter = (name: string) => {
    const chosen = statuses.find((one) => one === name);
    changeList({ ...of, ...(chosen && { status: chosen }), ...(q && { q }) });
  };
  return (
    <>
      <SegmentedControl
        value={list}
        onChange={(name) => show(name as RecipientListName)}
        data={(Object.keys(listWords) as RecipientListName[]).map((value) => ({ value, label: listWords[value] }))}
        aria-label="List"
        size="xs"
        style={{ alignSelf: "flex-start" }}
      />
      {list === "send" && (
        <MailingSelect
          order={order}
          mailing={mailing}
          onChange={(chosen) => {
            const to = chosen.languages.includes(language) ? language : (chosen.languages[0] ?? language);
            changeList({ list, ...(!chosen.isCurrent && { mailing: chosen.name }), language: to });
          }}
        />
      )}
      <Tabs.List aria-label="Language">
        {languagesOf(order, mailing).map((code) => (
          <Tabs.Tab key={code} value={code}>
            {code}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <div className={styles.controls}>
        {statuses.length > 0 && (
          <NativeSelect
            label="Status"
            size="xs"
            value={status ?? ""}
            onChange={(event) => filter(event.currentTarget.value)}
            data={[{ value: "", label: "All" }, ...statuses.map(optionOf)]}
          />
        )}
        {reasonsOf[list].length > 0 && (
          <NativeSelect
            label="Reason"
            size="xs"
            value={reason ?? ""}
            onChange={({ currentTarget: { value } }) => {
              const chosen = reasonsOf[list].find((one) => one === value);
              changeList({ ...of, ...(chosen && { reason: chosen }), ...(q && { q }) });
            }}
            data={[
              { value: "", label: "All" },
              ...reasonsOf[list].map((one) => ({ value: one, label: skipReasonWords(one) })),
            ]}
          />
        )}
        <Search shown={same} />
      </div>
    </>
  );
}

function languagesOf(order: Order, mailing: string | undefined): readonly string[] {
  return mailingsOf(order).find(({ name }) => name === mailing)?.languages ?? order.languages;
}

const optionOf = (value: RecipientStatus) => ({ value, label: recipientLooks[value].word });

/** Debounced search: it starts when typing pauses, or at once with Enter. */
function Search({ shown }: { readonly shown: ShownList }) {
  const { q = "", ...list } = shown;
  const [text, setText] = useState(q);
  const searched = useRef(q);
  const { showAddresses } = useViewer();
  const search = (words: string) => {
    const wanted = words.trim();
    searched.current = wanted;
    if (wanted !== q) changeList({ ...list, ...(wanted && { q: wanted }) });
  };
  // Searches the list that is shown by then, which may be another one.
  const searchThen = useEffectEvent(search);
  useEffect(() => {
    const timer = setTimeout(() => searchThen(text), typingMilliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  // Follows changes of the address, such as `Show the whole list`, but not those that this field made: typing goes on.
  useEffect(() => {
    if (q !== searched.current) setText(q);
    searched.current = q;
  }, [q]);
  return (
    <TextInput
      className={styles.search}
      label="Search"
      size="xs"
      type="search"
      placeholder={showAddresses ? "Name, address or id" : "Name, full address or id"}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") search(text);
      }}
      maxLength={longestRecipientSearch}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
