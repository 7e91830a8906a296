import type { Thing } from './thing.ts';

/** An expression of FQL v10. */
export type Expr =
  | { readonly is: 'literal'; readonly value: Thing }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'this' }
  | { readonly is: 'member'; readonly of: Expr; readonly name: string; readonly optional: boolean }
  | { readonly is: 'element'; readonly of: Expr; readonly index: Expr }
  | { readonly is: 'call'; readonly of: Expr; readonly args: readonly Expr[] }
  | { readonly is: 'projection'; readonly of: Expr; readonly fields: readonly Field[] }
  | { readonly is: 'lambda'; readonly params: readonly string[]; readonly body: Expr }
  /** A lambda of one parameter that begins with a dot: `.name == "x"`. */
  | { readonly is: 'short'; readonly body: Expr }
  | { readonly is: 'array'; readonly elements: readonly Expr[] }
  | { readonly is: 'object'; readonly fields: readonly Field[] }
  /** `!` behind an expression insists that it is something. */
  | { readonly is: 'not' | 'minus' | 'insist'; readonly of: Expr }
  | { readonly is: 'binary'; readonly sign: string; readonly left: Expr; readonly right: Expr }
  | {
      readonly is: 'if';
      readonly test: Expr;
      readonly yes: Expr;
      readonly otherwise: Expr | undefined;
    }
  | { readonly is: 'at'; readonly time: Expr; readonly body: Expr }
  | { readonly is: 'block'; readonly statements: readonly Statement[] };

export interface Field {
  readonly name: string;
  readonly value: Expr;
}

/** An expression, the value of which may get a name. */
export interface Statement {
  readonly name: string | undefined;
  readonly value: Expr;
}
