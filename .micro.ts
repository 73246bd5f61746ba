import * as K from "./core/model/network-kernel.ts";
const L = 51;
const compute: any = { analytical: new Float64Array(L).map((_, i) => 1000 + ((i * 37) % 50)), activePes: new Float64Array(L).fill(32), analyticalBusyCycles: 1e5, busyCycles: 1e5, sqnr_dB: 30 };
compute.cycle = compute.analytical; compute.pessimistic = compute.analytical; compute.optimistic = compute.analytical;
const memory = K.memoryTimes(L);
for (let i = 0; i < L; i++) { memory.longest[i] = (i % 3 === 2 ? 5000 : 10) * 1e-9; memory.resource[i] = 2; memory.buffers[i] = 1e-9; memory.serial[i] = memory.longest[i]; memory.ends[i] = 1e-9; memory.transfer[i] = 1e-9; }
const tiling: any = { share: new Float64Array(L).fill(0.25), moreTiles: new Float64Array(L).fill(3), weightLoads: new Float64Array(L).fill(100), activationLoads: new Float64Array(L).fill(100), stores: new Float64Array(L).fill(100), dramBytes: 1e5, spilledBytes: 0, weightBytes: 1e4, activationBytes: 1e4, outputBytes: 1e4 };
const traffic: any = { peBytes: new Float64Array(L).fill(50), weightReads: 1e4, activationReads: 1e4, partialSumReads: 1e4, partialSumWrites: 1e4, outputWrites: 1e4 };
const sram = { read_JPerByte: 1e-12, write_JPerByte: 1e-12, leakage_W: 1e-3, area_mm2: 1 };
const costs: any = { pes: 32, busyCycle_J: 1e-12, idleShare: 0.5, leakShare: 0.1, weightBuffer: sram, activationBuffer: sram, outputBuffer: sram, dram: { energy_pJPerBit: 10 }, activationBits: 8, area_mm2: 2 };
const times = new Float64Array(6); const metrics = new Float64Array(8);
const cols = Array.from({ length: 11 }, () => new Float64Array(65536));
const run = (name: string, f: (n: number) => void) => { for (let i = 0; i < 20; i++) f(1e4); const t = performance.now(); f(1e6); console.log(name, ((performance.now() - t)).toFixed(1), "ns"); };
for (let r = 0; r < 2; r++) {
run("overlapped", (n) => { for (let i = 0; i < n; i++) K.runLayers("analytical", compute, memory, tiling, (1 + (i & 15)) * 1e-10, times); });
run("cycle", (n) => { for (let i = 0; i < n; i++) K.runLayers("cycle", compute, memory, tiling, (1 + (i & 15)) * 1e-10, times); });
run("pess", (n) => { for (let i = 0; i < n; i++) K.runLayers("pessimistic", compute, memory, tiling, (1 + (i & 15)) * 1e-10, times); });
run("memory", (n) => { for (let i = 0; i < n; i++) K.fillMemoryTimes(memory, traffic, tiling, 1e-9 * (1 + (i & 3)), 1e-9, false); });
run("metrics", (n) => { for (let i = 0; i < n; i++) K.writeMetrics(times, "analytical", compute, traffic, tiling, costs, 1, 1e9 * (1 + (i & 15)), 0, 0, metrics, 0); });
run("write", (n) => { for (let i = 0; i < n; i++) for (let c = 0; c < 8; c++) cols[c + 1][i & 65535] = metrics[c]; });
}
