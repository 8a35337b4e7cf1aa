import { Button, type ButtonProps, Loader } from "@mantine/core";
import type { MouseEventHandler } from "react";
import { useSettled } from "./useSettled.ts";

interface Props extends ButtonProps {
  /** Its action is running: pressing it again does nothing. */
  readonly busy: boolean;
  readonly type?: "submit";
  readonly onClick?: MouseEventHandler;
}

/**
 * A button that keeps the focus while it is busy; a disabled button would lose it. A press right after its words changed is
 * ignored.
 */
export function BusyButton({ busy, onClick, ...others }: Props) {
  const settled = useSettled(String(others.children));
  const wait: MouseEventHandler = (event) => event.preventDefault();
  return (
    <Button
      {...others}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      leftSection={busy ? <Loader size="1em" color="currentColor" /> : undefined}
      onClick={(event) => (busy || !settled() ? wait(event) : onClick?.(event))}
    />
  );
}
