import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { defaultColorScheme } from "./colorScheme.ts";

/** Switches from light to dark and back. A user who is back at the scheme of the system follows the system again. */
export function useSwitchScheme(): () => void {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme();
  return () => {
    const next = shown === "dark" ? "light" : "dark";
    const ofSystem = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    setColorScheme(next === ofSystem ? defaultColorScheme : next);
  };
}
