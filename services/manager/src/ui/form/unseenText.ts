/** For texts that are shown elsewhere: Mantine links an input only to texts that are its own, so these are passed for screen readers and hidden. */
export const unseenText = { display: "none" };
