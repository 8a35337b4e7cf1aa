"use client";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type Edge, itemAfter, popupPlace } from "./popupPlace.ts";

/** A pop-up menu: whether it is open, its place, and where the focus goes. */
export function usePopup(target: RefObject<HTMLButtonElement | null>, edge: Edge) {
  const [isOpen, setOpen] = useState(false);
  const popup = useRef<HTMLDivElement>(null);
  /** Pressing the button of an open menu closes it, like a press elsewhere; the click that follows must not open it. */
  const wasOpen = useRef(false);
  useEffect(
    () => (isOpen ? whileMoving(() => place(target.current, popup.current, edge)) : undefined),
    [isOpen, edge, target],
  );

  const open = () => {
    flushSync(() => setOpen(true));
    popup.current?.showPopover();
    place(target.current, popup.current, edge);
    itemsOf(popup.current)[0]?.focus({ preventScroll: true });
  };
  const hide = () => popup.current?.hidePopover();
  return {
    isOpen,
    popup,
    hide,
    pressed: () => {
      wasOpen.current = isOpen;
    },
    clicked: () => {
      if (popup.current?.matches(":popover-open")) hide();
      else if (!wasOpen.current) open();
      wasOpen.current = false;
    },
    keyOnButton: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      open();
    },
    keyInMenu: (event: KeyboardEvent) => {
      if (event.key === "Tab") hide();
      const items = itemsOf(popup.current);
      const next = itemAfter(event.key, items.length, items.indexOf(document.activeElement as HTMLElement));
      if (next === undefined) return;
      event.preventDefault();
      items[next]?.focus();
    },
    /** The browser closed it: the focus returns to the button, unless another element took it. */
    closed: () => {
      const focused = document.activeElement;
      if (!focused || focused === document.body || popup.current?.contains(focused)) target.current?.focus();
      setOpen(false);
    },
  };
}

function place(button: HTMLElement | null, popup: HTMLElement | null, edge: Edge): void {
  if (!button || !popup) return;
  const { width, height } = popup.getBoundingClientRect();
  const window = { width: document.documentElement.clientWidth, height: innerHeight };
  const { left, top } = popupPlace(button.getBoundingClientRect(), { width, height }, window, edge);
  Object.assign(popup.style, { left: `${left}px`, top: `${top}px` });
}

/** Calls back when the page scrolls or resizes, until the returned function is called. */
function whileMoving(onMove: () => void): () => void {
  const ending = new AbortController();
  const growth = new ResizeObserver(onMove);
  growth.observe(document.body);
  ending.signal.addEventListener("abort", () => growth.disconnect());
  addEventListener("scroll", onMove, { capture: true, passive: true, signal: ending.signal });
  addEventListener("resize", onMove, { signal: ending.signal });
  return () => ending.abort();
}

/** The visible items; some are for narrow screens only. */
function itemsOf(popup: HTMLElement | null): HTMLElement[] {
  const items = popup?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [];
  return [...items].filter((item) => item.getClientRects().length > 0);
}
