/**
 * Constants that are fitted to published numbers, each by its name; `--no-calibration` switches them off. There are none:
 * where a model and a published number differ, the difference is shown with its cause.
 */
export const calibrations: readonly string[] = [];
