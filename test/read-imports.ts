import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

/** One import or re-export in a source file. */
export interface Import {
  /** Path from the root of the repository for a relative import; otherwise the specifier as written. */
  readonly target: string;
  /** The package or `node:` module; undefined for a relative import. */
  readonly packageName: string | undefined;
  /** Whether it is gone at run time: `import type` and `export type`. */
  readonly typeOnly: boolean;
  /** Whether it is an `import()`. */
  readonly dynamic: boolean;
}

/** The imports of every source file, by path from the root of the repository, with forward slashes. */
export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/** `@scope/name` or `name` of a specifier like `name/submodule`. */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** An import as `file` writes it. */
export const importOf = (
  file: string,
  specifier: string,
  kind: { readonly typeOnly?: boolean; readonly dynamic?: boolean } = {},
): Import => {
  const relative = specifier.startsWith(".");
  return {
    target: relative ? posix.join(posix.dirname(file), specifier) : specifier,
    packageName: relative ? undefined : packageOf(specifier),
    typeOnly: kind.typeOnly ?? false,
    dynamic: kind.dynamic ?? false,
  };
};

/**
 * The imports of one file, read by the TypeScript parser: declarations, re-exports, `import()`, and types
 * written as `import("…")`. Throws on an `import()` whose module is not written out, since nothing can be
 * said about it.
 */
export const importsOfText = (file: string, text: string): Import[] => {
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      imports.push(importOf(file, node.moduleSpecifier.text, { typeOnly }));
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      imports.push(importOf(file, node.moduleSpecifier.text, { typeOnly: node.isTypeOnly }));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) imports.push(importOf(file, literal.text, { typeOnly: true }));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier === undefined || !ts.isStringLiteral(specifier)) {
        throw new Error(`${file}: ${node.getText()}: expected a module that is written out`);
      }
      imports.push(importOf(file, specifier.text, { dynamic: true }));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return imports;
};

/** The imports of all `.ts` files below the given folders of `root`. */
export const readImports = (root: string, folders: readonly string[]): ImportGraph => {
  const graph = new Map<string, Import[]>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const path = join(entry.parentPath, entry.name);
      const file = posix.join(folder, path.slice(join(root, folder).length + 1).replaceAll("\\", "/"));
      graph.set(file, importsOfText(file, readFileSync(path, "utf8")));
    }
  }
  return graph;
};

/**
 * Every file that `start` leads to, itself included, along the imports that `follow` accepts. A file outside the graph
 * ends the way.
 */
export const reachable = (
  graph: ImportGraph,
  start: string,
  follow: (edge: Import) => boolean = () => true,
): Set<string> => {
  const seen = new Set([start]);
  for (const file of seen) {
    for (const edge of graph.get(file) ?? []) {
      if (edge.packageName === undefined && follow(edge)) seen.add(edge.target);
    }
  }
  return seen;
};
