import { machines } from "../../core/machines/registry.ts";
import type { BreakEvenMap, MapPlace } from "../compare/break-even.ts";
import { mapLayer } from "../compare/dense-bits.ts";
import type { Column } from "../table/column.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";

/** What every table and plot of a map says above it. */
export const mapTerms = ({
  basis,
  costSource,
  layout,
  parameter,
  machines: [first],
}: BreakEvenMap): string => {
  const factors =
    layout === null
      ? "no further factor for layout"
      : `layout factor power x ${layout.power}, area x ${Number(layout.area.toPrecision(3))} on netlist costs`;
  return `basis ${basis}, budget by ${first.title} at each ${parameter}; costs ${costSource}; ${factors}`;
};

/** The layer of the map, in words. */
export const mapLayerText = `layer of ${mapLayer.filters} filters of ${mapLayer.kernel} x ${mapLayer.kernel} x ${mapLayer.channels} at ${mapLayer.positions} x ${mapLayer.positions} positions, processing elements alone`;

/**
 * The fastest machine of a place, and how many times as fast it is as the first machine of the map; where that one is the
 * fastest, as the next. NaN where there is no other.
 */
export const wonBy = (
  { contenders }: MapPlace,
  { machines: [reference] }: BreakEvenMap,
): { readonly winner: string; readonly factor: number } => {
  const [fastest, second] = contenders;
  if (fastest === undefined) return { winner: "none", factor: Number.NaN };
  const against =
    fastest.machine === reference.machine
      ? second
      : contenders.find(({ machine }) => machine === reference.machine);
  return {
    winner: machines[fastest.machine].title,
    factor: against === undefined ? Number.NaN : against.seconds / fastest.seconds,
  };
};

/** What the factors of a map are. */
export const factorText = ({ machines: [first] }: BreakEvenMap): string =>
  `how many times as fast as ${first.title}, or as the next where that is the fastest`;

/** A map for a terminal: a table a precision, a column a value of the parameter, and the networks. */
export const breakEvenText = (map: BreakEvenMap): string => {
  const precisions = [...new Set(map.places.map(({ precision }) => precision))];
  const terms = mapTerms(map);
  return [
    ...precisions.flatMap((precision) => [
      `Fastest machine by share of ones and ${map.parameter}, ${precision}, and ${factorText(map)} (${terms}; ${mapLayerText})`,
      textTable(placeColumns(map, precision)),
    ]),
    ...(map.networks.length === 0 ? [] : [`Networks on the map (${terms})`, textTable(networkColumns(map))]),
    ...map.remarks.map((remark) => `${remark}.`),
  ].join("\n");
};

const cellText = (place: MapPlace, map: BreakEvenMap): string => {
  const { winner, factor } = wonBy(place, map);
  return Number.isNaN(factor) ? winner : `${winner} ${engineering(Number(factor.toPrecision(2)))}`;
};

const placeColumns = (map: BreakEvenMap, precision: string): Column[] => {
  const places = map.places.filter((place) => place.precision === precision);
  const values = [...new Set(places.map(({ value }) => value))];
  const densities = [...new Set(places.map(({ density }) => density))];
  return [
    { name: "ones", data: densities.map((density) => `${(100 * density).toFixed(0)} %`) },
    ...values.map((value) => ({
      name: `${map.parameter} ${value}`,
      data: densities.map((density) =>
        cellText(places.find((place) => place.density === density && place.value === value)!, map),
      ),
    })),
  ];
};

const networkColumns = (map: BreakEvenMap): Column[] => columnsOfNetworks(map, map.networks);

const columnsOfNetworks = (map: BreakEvenMap, networks: BreakEvenMap["networks"]): Column[] => [
  { name: "network", data: networks.map(({ network }) => network) },
  { name: "precision", data: networks.map(({ precision }) => precision) },
  { name: map.parameter, data: Float64Array.from(networks, ({ value }) => value) },
  { name: "ones", data: networks.map(({ density }) => `${(100 * density).toFixed(1)} %`) },
  { name: "fastest", data: networks.map((network) => cellText(network, map)) },
  { name: "weights", data: networks.map(({ mark }) => mark ?? "trained") },
];
