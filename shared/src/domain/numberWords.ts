const whole = new Intl.NumberFormat("en");

/** `1234` as `1,234`. */
export function count(number: number): string {
  return whole.format(number);
}

/** `1 person`, `2 people`: the number and the word that fits it. */
export function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
