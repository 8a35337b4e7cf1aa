/** Until the user chooses one in the menu, pages have the colour scheme of the system, and change with it. */
export const defaultColorScheme = "auto";
