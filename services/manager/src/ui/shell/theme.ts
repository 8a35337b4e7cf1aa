import { type CSSVariablesResolver, createTheme } from "@mantine/core";

/** One look for all pages: system fonts (nothing is fetched), tight spacing, a primary colour readable on both schemes. */
export const theme = createTheme({
  primaryColor: "teal",
  // White on the darkest shade has a contrast of 5 : 1; lighter ones fail WCAG AA.
  primaryShade: 9,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Its heading is a `header` element, which would be a second banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: "presentation" } } } },
    Notification: {
      defaultProps: { closeButtonProps: { "aria-label": "Close this message" } },
      // Beside a title Mantine's own grey falls below 4.5 : 1.
      styles: { description: { color: "var(--mantine-color-dimmed)" } },
    },
  },
});

/** Under the pointer the primary colour grows darker: Mantine makes the darkest shade lighter, and white on it falls to 4 : 1. */
const hovered = { "--mantine-color-teal-filled-hover": "color-mix(in srgb, var(--mantine-color-teal-9), black 20%)" };

/** Quiet text and placeholders that still have 4.5 : 1 on the page, which Mantine's own do not in the light scheme. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...hovered,
    // Words in these colours on their own light ground have 2.7 to 4.4 : 1 in Mantine's darkest shades.
    "--mantine-color-yellow-light-color": "color-mix(in srgb, var(--mantine-color-yellow-9), black 40%)",
    "--mantine-color-green-light-color": "color-mix(in srgb, var(--mantine-color-green-9), black 25%)",
    "--mantine-color-teal-light-color": "color-mix(in srgb, var(--mantine-color-teal-9), black 15%)",
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
  },
  dark: {
    ...hovered,
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
  },
});
