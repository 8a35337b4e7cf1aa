import { createTheme } from "@mantine/core";

/** One look for all pages: system fonts (nothing is fetched), tight spacing, a primary colour readable on both schemes. */
export const theme = createTheme({
  primaryColor: "teal",
  // White on the darkest shade has a contrast of 5 : 1; lighter ones fall below what WCAG AA asks.
  primaryShade: 9,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  respectReducedMotion: true,
});
