/** The edge of its button at which a menu begins. */
export type Edge = "start" | "end";

interface Size {
  readonly width: number;
  readonly height: number;
}
interface Place {
  readonly left: number;
  readonly top: number;
}

const gap = 6;
const margin = 8;

/** The place of a menu, in pixels: below its button, above it if there is no room, and always inside the window. */
export function popupPlace(button: Place & Size, menu: Size, window: Size, edge: Edge): Place {
  const wanted = edge === "start" ? button.left : button.left + button.width - menu.width;
  const below = button.top + button.height + gap;
  const above = button.top - gap - menu.height;
  const hasRoomBelow = below + menu.height <= window.height - margin;
  return {
    left: within(wanted, window.width - menu.width - margin),
    top: within(hasRoomBelow || above < margin ? below : above, window.height - menu.height - margin),
  };
}

function within(wanted: number, most: number): number {
  return Math.max(margin, Math.min(wanted, most));
}

/** The index of the item that a key leads to, from the one with the focus (-1: none); undefined for other keys. */
export function itemAfter(key: string, items: number, current: number): number | undefined {
  if (items === 0) return undefined;
  if (key === "Home") return 0;
  if (key === "End") return items - 1;
  if (key === "ArrowDown") return (current + 1) % items;
  if (key === "ArrowUp") return current <= 0 ? items - 1 : current - 1;
  return undefined;
}
