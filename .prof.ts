const { default: b } = await import("/tmp/wt/kern/test/explore/engine/evaluator.bench.ts");
const which = process.argv[2];
const seconds = Number(process.argv[3] ?? 4);
const w = [...b.subjects, ...b.yardsticks].find((x: any) => x.name.includes(which));
console.log(b.title, w.name);
const rates: number[] = [];
const began = performance.now();
while (performance.now() - began < seconds * 1000) { const t = performance.now(); w.work(); rates.push(w.quantity / (performance.now() - t) / 1e3); }
rates.sort((a, b) => a - b);
console.log("median", rates[rates.length >> 1].toFixed(3), "best", rates.at(-1)!.toFixed(3), "M/s");
