"use client";
import { Group, SegmentedControl, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useId, useRef, useState } from "react";
import { type Device, MailFrame } from "../preview/MailFrames.tsx";
import type { Draft } from "./useDraftPreview.ts";

const devices = [
  { value: "desktop", label: "Desktop" },
  { value: "phone", label: "Phone" },
];

/**
 * The mail of a text that is not saved. A form loads it into the frame: what a script puts there would be bound to the
 * content security policy of our own pages.
 */
export function DraftFrame({ draft }: { readonly draft: Draft }) {
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const [wanted, setDevice] = useState<Device>();
  const device = wanted ?? (isNarrow ? "phone" : "desktop");
  const [pictures, setPictures] = useState(false);
  const target = useId();
  const form = useRef<HTMLFormElement>(null);
  const text = JSON.stringify(draft);
  const key = `${device} ${pictures} ${text}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new frame is loaded once
  useEffect(() => form.current?.submit(), [key]);
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <SegmentedControl
          aria-label="Width"
          size="xs"
          data={devices}
          value={device}
          onChange={(value) => setDevice(value as Device)}
        />
        <Switch
          label="Load images of other servers"
          checked={pictures}
          onChange={(event) => setPictures(event.currentTarget.checked)}
        />
      </Group>
      <form
        ref={form}
        hidden
        method="post"
        encType="multipart/form-data"
        action={`/api/templates/preview/html?images=${pictures ? 1 : 0}`}
        target={target}
      >
        <input type="hidden" name="draft" value={text} readOnly />
      </form>
      <MailFrame key={key} device={device} name={target} />
    </div>
  );
}
