import type { HeaderField } from "./receivedMail.ts";

/** A line longer than this is cut: no field that is read here is as long. */
const longestLine = 8000;
const longestValue = 16_000;

const fieldStart = /^([!-9;-~]{1,100}):[ \t]*(.*)$/;

/**
 * The blocks of header fields in a text, separated by blank lines (RFC 3464 2.1, RFC 5965 3): names in lower case, values
 * unfolded. Lines that are no field are left out. Takes time linear in the text.
 */
export function fieldBlocks(text: string, most = Number.POSITIVE_INFINITY): HeaderField[][] {
  const blocks: HeaderField[][] = [];
  let block: { key: string; value: string }[] = [];
  const close = () => {
    if (block.length > 0) blocks.push(block);
    block = [];
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (blocks.length >= most) return blocks;
    const last = block.at(-1);
    if (line.trim() === "") close();
    else if (/^[ \t]/.test(line) && last) {
      if (last.value.length < longestValue) last.value += ` ${line.trim().slice(0, longestLine)}`;
    } else {
      const [, key, value = ""] = fieldStart.exec(line.slice(0, longestLine)) ?? [];
      if (key) block.push({ key: key.toLowerCase(), value: value.trim() });
    }
  }
  close();
  return blocks.slice(0, most);
}
