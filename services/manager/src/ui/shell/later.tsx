"use client";
import { notifications } from "@mantine/notifications";
import dynamic from "next/dynamic";
import { type ComponentType, useEffect } from "react";

interface DialogProps {
  /** Absent where it is open as long as it is there. */
  readonly opened?: boolean;
  readonly onClose: () => void;
}

/**
 * A dialog whose code is loaded when it is first asked for: most visits open none. If it cannot be loaded the page stays as
 * it is and says so.
 */
export function later<Props extends DialogProps>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return dynamic<Props>(() => load().catch(() => NotLoaded), { ssr: false });
}

function NotLoaded({ opened = true, onClose }: DialogProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time it is asked for
  useEffect(() => {
    if (!opened) return;
    const message = "The server did not answer. Check the connection, then load the page again.";
    notifications.show({ color: "red", title: "This window could not be opened", message });
    onClose();
  }, [opened]);
  return null;
}
