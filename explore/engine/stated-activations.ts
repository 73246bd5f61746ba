import type { StatisticsRequest } from "../../core/machines/layer-statistics.ts";
import { distributionText } from "../../core/workloads/activation-distribution.ts";
import type { Network } from "../../core/workloads/network.ts";
import { type KindRequest, ruleOf } from "./slab.ts";

type Stating = Pick<Network, "name" | "activationDistribution">;

/** Whether a request draws activations. */
export const draws = ({ kind, request }: KindRequest): boolean =>
  ruleOf(kind).activationsOf(request) === "distribution";

/**
 * A request as it holds for a network: activations are drawn with the share of zeros that the network states. Its
 * distribution decides no more than that: its spread moves no bit, since codes and exponents are taken relative to it.
 */
export const asStated = <Request extends StatisticsRequest>(
  { activationDistribution }: Stating,
  asked: KindRequest<Request>,
): Request =>
  activationDistribution !== undefined && draws(asked)
    ? { ...asked.request, activationZeros: activationDistribution.zeroShare }
    : asked.request;

/** Why a request cannot be met for a network that states its activations; undefined if it can. */
export const contradicted = (
  { name, activationDistribution }: Stating,
  asked: KindRequest,
): string | undefined => {
  if (activationDistribution === undefined || !draws(asked)) return undefined;
  const { activationZeros = 0 } = asked.request as { readonly activationZeros?: number };
  return activationZeros !== 0
    ? `${name}: activationZeros ${activationZeros}, but the network states its activations ` +
        `(${distributionText(activationDistribution)}); leave the parameter at 0`
    : undefined;
};
