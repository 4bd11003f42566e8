import { parse } from 'acorn';
import { Assembler } from './avm1-assembler.mjs';
import { Expressions, unknown } from './avm1-expressions.mjs';

/**
 * Compiles ActionScript 1, which has the syntax of ECMAScript 3, to AVM1 actions. Throws an error with
 * line and column on syntax that it does not know: labels, `with`, `try`, regular expressions, getters.
 */
export function compileScript(source) {
  const { body } = parse(source, { ecmaVersion: 5, locations: true });
  return [...new Block(body).bytes(), END_OF_ACTIONS];
}

/** The statements of a script or of one function. */
class Block {
  #code = new Assembler();
  #expressions = new Expressions(this.#code, (body) => new Block(body).bytes());
  // What `break` and `continue` leave, innermost last.
  #loops = [];

  constructor(statements) {
    const functions = statements.filter(({ type }) => type === 'FunctionDeclaration');
    for (const each of functions) this.#expressions.defineFunction(each, each.id.name);
    for (const each of statements) this.#statement(each);
  }

  bytes() {
    return this.#code.toBytes();
  }

  #statement(node) {
    const code = this.#code;
    switch (node.type) {
      case 'EmptyStatement':
      case 'FunctionDeclaration':
        return;
      case 'ExpressionStatement':
        return this.#expressions.discard(node.expression);
      case 'VariableDeclaration':
        return this.#each(node.declarations, (each) => this.#variable(each));
      case 'BlockStatement':
        return this.#each(node.body, (each) => this.#statement(each));
      case 'ReturnStatement':
        return this.#return(node);
      case 'IfStatement':
        return this.#if(node);
      case 'WhileStatement':
        return this.#loop(node, { test: node.test });
      case 'ForStatement':
        return this.#for(node);
      case 'DoWhileStatement':
        return this.#doWhile(node);
      case 'ForInStatement':
        return this.#forIn(node);
      case 'SwitchStatement':
        return this.#switch(node);
      case 'BreakStatement':
        return code.jump(this.#target(node, 'end'));
      case 'ContinueStatement':
        return code.jump(this.#target(node, 'next'));
      default:
        throw unknown(node);
    }
  }

  #each(nodes, write) {
    for (const node of nodes) write(node);
  }

  #variable({ id, init }) {
    this.#code.push(id.name);
    if (init === null) return this.#code.action('DefineLocal2');
    this.#expressions.value(init);
    this.#code.action('DefineLocal');
  }

  #return(node) {
    // The names that are still to come would stay on the stack.
    if (this.#loops.some(({ isForIn }) => isForIn)) throw unknown(node, 'return in for...in');
    if (node.argument === null) this.#code.push(undefined);
    else this.#expressions.value(node.argument);
    this.#code.action('Return');
  }

  #if({ test, consequent, alternate }) {
    const code = this.#code;
    const [otherwise, end] = [code.newLabel(), code.newLabel()];
    this.#expressions.value(test);
    code.action('Not');
    code.jumpIf(otherwise);
    this.#statement(consequent);
    if (alternate !== null) code.jump(end);
    code.place(otherwise);
    if (alternate !== null) this.#statement(alternate);
    code.place(end);
  }

  #for(node) {
    if (node.init?.type === 'VariableDeclaration') this.#statement(node.init);
    else if (node.init !== null) this.#expressions.discard(node.init);
    this.#loop(node, node);
  }

  #loop({ body }, { test, update = null }) {
    const code = this.#code;
    const [start, next, end] = [code.newLabel(), code.newLabel(), code.newLabel()];
    code.place(start);
    if (test !== null) {
      this.#expressions.value(test);
      code.action('Not');
      code.jumpIf(end);
    }
    this.#inside({ next, end }, () => this.#statement(body));
    code.place(next);
    if (update !== null) this.#expressions.discard(update);
    code.jump(start);
    code.place(end);
  }

  #doWhile({ body, test }) {
    const code = this.#code;
    const [start, next, end] = [code.newLabel(), code.newLabel(), code.newLabel()];
    code.place(start);
    this.#inside({ next, end }, () => this.#statement(body));
    code.place(next);
    this.#expressions.value(test);
    code.jumpIf(start);
    code.place(end);
  }

  // Enumerate2 leaves a null and above it the names, the first one on top.
  #forIn(node) {
    const code = this.#code;
    const [next, left, end] = [code.newLabel(), code.newLabel(), code.newLabel()];
    const isDeclared = node.left.type === 'VariableDeclaration';
    const target = isDeclared ? node.left.declarations[0].id : node.left;
    if (target.type !== 'Identifier') throw unknown(node.left);
    this.#expressions.value(node.right);
    code.action('Enumerate2');
    code.place(next);
    code.storeRegister(0);
    code.push(null);
    code.action('Equals2');
    code.jumpIf(end);
    code.push(target.name);
    code.pushRegister(0);
    code.action(isDeclared ? 'DefineLocal' : 'SetVariable');
    this.#inside({ next, end: left, isForIn: true }, () => this.#statement(node.body));
    code.jump(next);
    code.place(left);
    code.push(null);
    code.action('Equals2');
    code.action('Not');
    code.jumpIf(left);
    code.place(end);
  }

  #switch({ discriminant, cases }) {
    const code = this.#code;
    const end = code.newLabel();
    const labels = cases.map(() => code.newLabel());
    this.#expressions.value(discriminant);
    code.storeRegister(0);
    code.action('Pop');
    for (const [place, { test }] of cases.entries()) {
      if (test === null) continue;
      // Anything that runs code could use the register, too.
      if (test.type !== 'Literal') throw unknown(test, 'a case that is no literal');
      code.pushRegister(0);
      this.#expressions.value(test);
      code.action('StrictEquals');
      code.jumpIf(labels[place]);
    }
    const otherwise = cases.findIndex(({ test }) => test === null);
    code.jump(otherwise === -1 ? end : labels[otherwise]);
    this.#inside({ end }, () => {
      for (const [place, { consequent }] of cases.entries()) {
        code.place(labels[place]);
        for (const each of consequent) this.#statement(each);
      }
    });
    code.place(end);
  }

  #inside(loop, write) {
    this.#loops.push(loop);
    write();
    this.#loops.pop();
  }

  #target(node, kind) {
    const loop = this.#loops.findLast((each) => kind in each);
    if (loop === undefined || node.label !== null) throw unknown(node);
    return loop[kind];
  }
}

const END_OF_ACTIONS = 0;
