/** A network of the ablation study. */
export interface AblationRow {
  readonly name: string;
  readonly precision: "fixed8" | "fixed16" | "float32";
  /** GFLOPS column of Table 2, as printed. */
  readonly work: number;
  /** Frames a second as printed: one lane (N = 1), and 64 lanes without distillation. */
  readonly bare: number;
  readonly noDistillation: number;
}

/** MICRO 2021 (doi 10.1145/3466752.3480123), Table 2 (precision, work) and Table 8 (frames a second), as printed. */
export const micro21Table8: readonly AblationRow[] = [
  { name: "ResNet-50", precision: "fixed8", work: 8.21, bare: 0.354, noDistillation: 3.371 },
  { name: "MobileNetV2", precision: "fixed8", work: 0.615, bare: 4.73, noDistillation: 45.001 },
  { name: "YOLOv3", precision: "fixed8", work: 25.42, bare: 0.114, noDistillation: 1.089 },
  { name: "MultiPoseNet", precision: "fixed8", work: 97.55, bare: 0.03, noDistillation: 0.284 },
  { name: "LapSRN 4x", precision: "fixed16", work: 736.73, bare: 0.004, noDistillation: 0.038 },
  { name: "DCPDNet", precision: "fixed16", work: 254.37, bare: 0.011, noDistillation: 0.109 },
  { name: "DenseNet-161", precision: "fixed16", work: 15.56, bare: 0.187, noDistillation: 1.779 },
  { name: "FCOS", precision: "fixed16", work: 80.14, bare: 0.036, noDistillation: 0.345 },
  { name: "CartoonGAN", precision: "float32", work: 108.98, bare: 0.012, noDistillation: 0.244 },
  { name: "Transformer", precision: "float32", work: 10.6, bare: 0.126, noDistillation: 2.509 },
  { name: "C3D", precision: "float32", work: 38.57, bare: 0.035, noDistillation: 0.67 },
  { name: "D3DNet", precision: "float32", work: 408.82, bare: 0.003, noDistillation: 0.065 },
];
