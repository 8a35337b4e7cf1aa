/** A secret is the password itself, or JSON with `password` and perhaps `username`, as the console of Secrets Manager writes it. */
export function secretLogin(text: string): { readonly username?: string; readonly password?: string } {
  const fields = jsonObject(text);
  if (!fields) return { password: text };
  const { username, password } = fields;
  return {
    ...(typeof username === "string" && username && { username }),
    ...(typeof password === "string" && password && { password }),
  };
}

/** The object in a text; undefined if it holds none. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // A password may begin with a brace.
    return undefined;
  }
}
