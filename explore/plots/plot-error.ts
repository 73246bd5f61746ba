/** A plot that cannot be drawn as asked: its title, and what Vega or the renderer said about it. */
export class PlotError extends Error {
  readonly _tag = "PlotError";
  readonly plot: string;
  readonly problem: string;

  constructor(plot: string, problem: string) {
    super(`plot ${plot}: ${problem}`);
    this.name = "PlotError";
    this.plot = plot;
    this.problem = problem;
  }
}
