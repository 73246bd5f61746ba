#!/usr/bin/env node
import * as NodeChildProcessSpawner from "@effect/platform-node-shared/NodeChildProcessSpawner";
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import * as NodePath from "@effect/platform-node-shared/NodePath";
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime";
import * as NodeStdio from "@effect/platform-node-shared/NodeStdio";
import * as NodeTerminal from "@effect/platform-node-shared/NodeTerminal";
import * as Console from "effect/Console";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import { version } from "../version.ts";
import { breakEven } from "./break-even.ts";
import { check } from "./check.ts";
import { compare } from "./compare.ts";
import { exitStatus, failureText } from "./exit.ts";
import { explain } from "./explain.ts";
import { exportPoints } from "./export.ts";
import { front } from "./front.ts";
import { plot } from "./plot.ts";
import { profile } from "./profile.ts";
import { run } from "./run.ts";
import { status } from "./status.ts";
import { validate } from "./validate.ts";

const bitfront = Command.make("bitfront").pipe(
  Command.withDescription("Explore the design space of bit-sparse deep-learning accelerators"),
  Command.withSubcommands([
    check,
    run,
    status,
    front,
    compare,
    breakEven,
    plot,
    profile,
    explain,
    exportPoints,
    validate,
  ]),
);

/** Help and messages of the command library, kept until it is known whether they are an answer or an error. */
const printed: string[] = [];
const keepingConsole: Console.Console = Object.assign(Object.create(console), {
  log: (...parts: readonly unknown[]) => {
    printed.push(parts.join(" "));
  },
});

const services = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  NodeStdio.layer,
  NodeTerminal.layer,
  NodeChildProcessSpawner.layer.pipe(Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))),
  Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
);

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const main = Command.runWith(bitfront, { version })(process.argv.slice(2)).pipe(
  Effect.provide(services),
  Effect.provideService(Console.Console, keepingConsole),
  Effect.onExit((exit) =>
    Effect.sync(() => {
      // Text that was asked for goes to standard output; with an error, help is no answer.
      const stream = exitStatus(exit) === 0 ? process.stdout : process.stderr;
      for (const text of printed) stream.write(`${text}\n`);
      const failure = failureText(exit);
      if (failure !== undefined) process.stderr.write(`${failure}\n`);
    }),
  ),
);

NodeRuntime.runMain(main, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    process.exitCode = exitStatus(exit as Exit.Exit<unknown, unknown>);
    onExit(process.exitCode);
  },
});
