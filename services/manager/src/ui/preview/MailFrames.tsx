"use client";
import { Group, SegmentedControl, Switch, Text } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import type { Preview } from "../../api/preview.ts";
import styles from "./Preview.module.css";
import { type PreviewChoice, previewPath } from "./previewPath.ts";

const widths = {
  desktop: { name: "Desktop", width: 700, height: 760 },
  phone: { name: "Phone", width: 375, height: 760 },
} as const;
export type Device = keyof typeof widths;

/** The mail's HTML at desktop and phone width. Nothing in it runs; images load on request only. */
export function MailFrames({ orderId, preview }: { readonly orderId: string; readonly preview: Preview }) {
  const isNarrow = useMediaQuery("(max-width: 75em)");
  const [wanted, setWanted] = useState<Device | "both">("both");
  const [pictures, setPictures] = useState(false);
  const offered = [
    ...(isNarrow ? [] : [{ value: "both", label: "Both" }]),
    { value: "desktop", label: "Desktop" },
    { value: "phone", label: "Phone" },
  ];
  const shown = wanted === "both" && isNarrow ? "phone" : wanted;
  const devices: readonly Device[] = shown === "both" ? ["desktop", "phone"] : [shown];
  // The frames show what the server chose for the page. Each has an address of its own: browsers fetch an address once at
  // a time, so two frames with one address would wait for each other.
  const shownMail = shownChoice(preview);
  const addressOf = (device: Device) =>
    previewPath(orderId, "preview/html", shownMail, {
      images: pictures ? "1" : "0",
      width: String(widths[device].width),
    });
  const content = contentOf(preview);
  return (
    <>
      <Group justify="space-between" mb="sm">
        <SegmentedControl
          aria-label="Width"
          size="xs"
          data={offered}
          value={shown}
          onChange={(value) => setWanted(value as Device | "both")}
        />
        <Switch
          label="Load images"
          description="Off: nothing is loaded from other servers"
          checked={pictures}
          onChange={(event) => setPictures(event.currentTarget.checked)}
        />
      </Group>
      <div className={styles.frames}>
        {devices.map((device) => (
          <MailFrame key={`${device} ${content}`} device={device} address={addressOf(device)} />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        Links do nothing here, and the unsubscribe, profile and browser links are placeholders: viewing a mail never
        acts for its recipient.
      </Text>
    </>
  );
}

function shownChoice({ language, participant, state }: Preview): PreviewChoice {
  return { language, ...(participant && { participant: participant.id }), ...(state !== "none" && { source: state }) };
}

/** Changes with the mail, so that the frames load again although their address stays. */
function contentOf({ contentHash, preparedAt, mail }: Preview): string {
  return JSON.stringify([contentHash, preparedAt, mail?.subject, mail?.previewLine, mail?.text]);
}

/** A frame for a mail at the width of a device; it shows an address, or what a form with its `name` as target gets. */
export function MailFrame({
  device,
  address,
  name: target,
}: {
  readonly device: Device;
  readonly address?: string;
  readonly name?: string;
}) {
  const { name, width, height } = widths[device];
  const { ref, width: room } = useElementSize();
  const scale = room > 0 ? Math.min(1, room / width) : 1;
  return (
    <figure className={styles.frame} style={{ maxWidth: width }} data-device={device}>
      <figcaption className={styles.caption}>
        {name}, {width} px{scale < 1 && `, shown at ${Math.round(scale * 100)} %`}
      </figcaption>
      <div ref={ref} className={styles.screen} style={{ height: height * scale }}>
        {/* A new frame leaves no entry in the browser's history; one whose address changes does. */}
        <iframe
          key={address}
          title={`The mail on a ${device}`}
          {...(address !== undefined && { src: address })}
          {...(target !== undefined && { name: target })}
          sandbox=""
          width={width}
          height={height}
          className={styles.mail}
          style={{ transform: `scale(${scale})` }}
        />
      </div>
    </figure>
  );
}
