const longestBytes = 1024;

/** True if DynamoDB takes a text as a sort key; others it refuses instead of finding nothing. */
export function fitsSortKey(text: string): boolean {
  return text !== "" && text.isWellFormed() && Buffer.byteLength(text) <= longestBytes;
}
