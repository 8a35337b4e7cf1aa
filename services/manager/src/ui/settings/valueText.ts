/** A value of an item in words: lists with commas, yes and no, the rest a line for each inner field. Blank for nothing. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ");
  if (typeof value !== "object") return String(value);
  return linesOf(value).join("\n");
}

function linesOf(value: object, before = ""): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = before === "" ? name : `${before} · ${name}`;
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0) return linesOf(inner, path);
    return [`${path}: ${valueText(inner)}`];
  });
}
