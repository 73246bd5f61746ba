/**
 * Inputs of a layer that were recorded while its network ran on real data. A vector is what one output position of
 * every filter is multiplied with, that is one column of im2col for each convolution group.
 */
export interface CapturedActivations {
  /**
   * Shape [vectors, groups, reductionLength], finite. The reduction runs over kernel row, kernel column and channel of
   * the group, channels innermost, as the weights [M, R, S, C/G] are laid out.
   */
  readonly values: Float32Array;
  readonly vectors: number;
  /** The file they came from, as the user wrote it. */
  readonly source: string;
}
