// Clock skew: preloaded into a process (`--import <offClock.ts>?milliseconds=<offset>`), it shifts the wall clock by that much.
const offset = Number(new URL(import.meta.url).searchParams.get("milliseconds"));
const RightDate = Date;
const now = () => RightDate.now() + offset;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, values, newTarget) => Reflect.construct(target, values.length > 0 ? values : [now()], newTarget),
  apply: () => new RightDate(now()).toString(),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});
