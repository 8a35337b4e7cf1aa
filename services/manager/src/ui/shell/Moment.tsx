"use client";
import { useSyncExternalStore } from "react";
import { type MomentStyle, momentText } from "./momentText.ts";

const never = () => () => {};

/** A time in the viewer's zone, or in `zone`; the server does not know the zone, so the first paint leaves it to the browser. */
export function Moment({
  at,
  style = "short",
  zone,
}: {
  readonly at: string;
  readonly style?: MomentStyle;
  readonly zone?: string;
}) {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  if (!inBrowser) return <time dateTime={at} />;
  return (
    <time dateTime={at} title={momentText(at, "long", undefined, zone)}>
      {momentText(at, style, undefined, zone)}
    </time>
  );
}
