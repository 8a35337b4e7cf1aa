/** Thousands separators: comma, point, apostrophes, and spaces of all widths. */
const grouped = /^\d{1,3}(?:([,.'’\u0020\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$/;

/** The whole number in a text, with or without thousands separators; undefined if it is none. */
export function typedNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  return grouped.test(trimmed) ? Number(trimmed.replace(/\D/g, "")) : undefined;
}
