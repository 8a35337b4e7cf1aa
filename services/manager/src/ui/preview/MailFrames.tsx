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
type Device = keyof typeof widths;

/** The mail's HTML at the widths of a desktop and of a phone. Nothing in it runs; pictures are fetched when asked for. */
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
  // What the page shows is what the frames show: the server chose what nobody asked for. Two frames with one address
  // would wait for each other, for browsers fetch an address once at a time.
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
          label="Load pictures"
          description="Off: nothing is fetched from elsewhere"
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
        Links open nothing here, and those to unsubscribe, to the profile and to the browser view are stand-ins: looking
        at a mail never acts for the person it is for.
      </Text>
    </>
  );
}

function shownChoice({ language, participant, state }: Preview): PreviewChoice {
  return { language, ...(participant && { participant: participant.id }), ...(state !== "none" && { source: state }) };
}

/** Changes with the mail: another one under the same address loads the frames again. */
function contentOf({ contentHash, preparedAt, mail }: Preview): string {
  return JSON.stringify([contentHash, preparedAt, mail?.subject, mail?.previewLine, mail?.text]);
}

function MailFrame({ device, address }: { readonly device: Device; readonly address: string }) {
  const { name, width, height } = widths[device];
  const { ref, width: room } = useElementSize();
  const scale = room > 0 ? Math.min(1, room / width) : 1;
  return (
    <figure className={styles.frame} style={{ maxWidth: width }} data-device={device}>
      <figcaption className={styles.caption}>
        {name}, {width} px{scale < 1 && `, shown at ${Math.round(scale * 100)} %`}
      </figcaption>
      <div ref={ref} className={styles.screen} style={{ height: height * scale }}>
        {/* A frame that is made anew leaves no entry in the browser's history, one whose address changes does. */}
        <iframe
          key={address}
          title={`The mail on a ${device}`}
          src={address}
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
