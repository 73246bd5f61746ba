import type { GroupRequest } from "../../core/bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { distributionText } from "../../core/workloads/activation-distribution.ts";
import type { Network } from "../../core/workloads/network.ts";

type Stating = Pick<Network, "name" | "activationDistribution">;

/** Whether a request draws exponents of activations. */
export const draws = ({
  format,
  activationExponents,
}: Pick<GroupRequest, "format" | "activationExponents">): boolean =>
  activationExponents === "distribution" && parseFormat(format).kind === "float";

/**
 * A request as it holds for a network: exponents are drawn with the share of zeros that the network states. Its
 * distribution decides no more than that, since the sign of an activation moves no weight.
 */
export const asStated = <Request extends Omit<GroupRequest, "stream">>(
  { activationDistribution }: Stating,
  request: Request,
): Request =>
  activationDistribution !== undefined && draws(request)
    ? { ...request, activationZeros: activationDistribution.zeroShare }
    : request;

/** Why a request cannot be met for a network that states its activations; undefined if it can. */
export const contradicted = (
  { name, activationDistribution }: Stating,
  request: GroupRequest,
): string | undefined =>
  activationDistribution !== undefined && draws(request) && request.activationZeros !== 0
    ? `${name}: activationZeros ${request.activationZeros}, but the network states its activations ` +
      `(${distributionText(activationDistribution)}); leave the parameter at 0`
    : undefined;
