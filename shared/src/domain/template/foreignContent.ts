/** Elements of HTML in SVG and MathML (HTML 13.2.6: integration points). */
const htmlWithin = new Set("foreignobject desc title annotation-xml mi mo mn ms mtext".split(" "));

/** Whether a source is at this moment within SVG or MathML, where `title` and `style` hold elements as any other. */
export interface ForeignContent {
  isHere(): boolean;
  open(name: string): void;
  close(name: string): void;
}

export function foreignContent(): ForeignContent {
  const entered: string[] = [];
  const isRoot = (name: string | undefined) => name === "svg" || name === "math";
  const isHere = () => isRoot(entered.at(-1));
  return {
    isHere,
    open(name) {
      if (isRoot(name) || (isHere() && htmlWithin.has(name))) entered.push(name);
    },
    close(name) {
      const at = entered.lastIndexOf(name);
      if (at >= 0) entered.length = at;
    },
  };
}
