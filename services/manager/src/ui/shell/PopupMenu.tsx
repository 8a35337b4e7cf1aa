"use client";
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useRef } from "react";
import styles from "./PopupMenu.module.css";
import type { Edge } from "./popupPlace.ts";
import { usePopup } from "./usePopup.ts";

/** Props for the button of a menu. */
interface MenuButtonProps {
  readonly ref: RefObject<HTMLButtonElement | null>;
  readonly onPointerDown: () => void;
  readonly onClick: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly "aria-haspopup": "menu";
  readonly "aria-expanded": boolean;
}

interface PopupMenuProps {
  readonly label: string;
  readonly button: (props: MenuButtonProps) => ReactNode;
  /** For callers that return the focus to the button. */
  readonly buttonRef?: RefObject<HTMLButtonElement | null>;
  /** A line above the items that describes the menu. */
  readonly note?: ReactNode;
  readonly foot?: ReactNode;
  /** The edge of the button at which the menu begins. */
  readonly edge?: Edge;
  /** Its items, each with `menuItem`; made only while it is open. */
  readonly children: () => ReactNode;
}

/** Props that make a button or link a menu item. The last one keeps Escape from closing the dialog around the menu. */
export const menuItem = {
  role: "menuitem",
  tabIndex: -1,
  className: styles.item,
  "data-mantine-stop-propagation": true,
} as const;

/** A button with a pop-up menu in the browser's top layer: a click elsewhere or Escape closes it, arrow keys move in it. */
export function PopupMenu({ label, button, buttonRef, note, foot, edge = "start", children }: PopupMenuProps) {
  const id = useId();
  const ownRef = useRef<HTMLButtonElement>(null);
  const target = buttonRef ?? ownRef;
  const menu = usePopup(target, edge);
  return (
    <>
      {button({
        ref: target,
        onPointerDown: menu.pressed,
        onClick: menu.clicked,
        onKeyDown: menu.keyOnButton,
        "aria-haspopup": "menu",
        "aria-expanded": menu.isOpen,
      })}
      {menu.isOpen && (
        <div
          ref={menu.popup}
          popover="auto"
          className={styles.popup}
          onToggle={(event) => event.newState === "closed" && menu.closed()}
        >
          {note && (
            <div id={id} className={styles.note}>
              {note}
            </div>
          )}
          <div
            role="menu"
            tabIndex={-1}
            aria-label={label}
            aria-describedby={note ? id : undefined}
            onKeyDown={menu.keyInMenu}
            onClick={(event) => isEnabledItem(event.target) && menu.hide()}
          >
            {children()}
          </div>
          {foot && <div className={styles.foot}>{foot}</div>}
        </div>
      )}
    </>
  );
}

function isEnabledItem(target: EventTarget): boolean {
  return target instanceof Element && target.closest("[role=menuitem]:not([aria-disabled=true])") !== null;
}
