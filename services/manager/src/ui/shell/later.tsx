"use client";
import { notifications } from "@mantine/notifications";
import dynamic from "next/dynamic";
import { type ComponentType, useEffect } from "react";

interface DialogProps {
  /** Absent for a dialog that is open while it is mounted. */
  readonly opened?: boolean;
  readonly onClose: () => void;
}

/**
 * Lazy loading of a dialog: its code loads when it first opens, for most visits open none. If it cannot load, a notification
 * says so.
 */
export function later<Props extends DialogProps>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return dynamic<Props>(() => load().catch(() => NotLoaded), { ssr: false });
}

function NotLoaded({ opened = true, onClose }: DialogProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time it opens
  useEffect(() => {
    if (!opened) return;
    const message = "The server did not respond. Check your connection, then reload the page.";
    notifications.show({ color: "red", title: "This window could not be opened", message });
    onClose();
  }, [opened]);
  return null;
}
