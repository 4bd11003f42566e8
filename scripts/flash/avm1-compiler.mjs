import { parse } from 'acorn';
import { Assembler } from './avm1-assembler.mjs';

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
  // What `break` and `continue` leave, innermost last.
  #loops = [];

  constructor(statements) {
    const functions = statements.filter(({ type }) => type === 'FunctionDeclaration');
    for (const each of functions) this.#defineFunction(each, each.id.name);
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
        return this.#discard(node.expression);
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
    this.#value(init);
    this.#code.action('DefineLocal');
  }

  #return(node) {
    // The names that are still to come would stay on the stack.
    if (this.#loops.some(({ isForIn }) => isForIn)) throw unknown(node, 'return in for...in');
    if (node.argument === null) this.#code.push(undefined);
    else this.#value(node.argument);
    this.#code.action('Return');
  }

  #if({ test, consequent, alternate }) {
    const code = this.#code;
    const [otherwise, end] = [code.newLabel(), code.newLabel()];
    this.#value(test);
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
    else if (node.init !== null) this.#discard(node.init);
    this.#loop(node, node);
  }

  #loop({ body }, { test, update = null }) {
    const code = this.#code;
    const [start, next, end] = [code.newLabel(), code.newLabel(), code.newLabel()];
    code.place(start);
    if (test !== null) {
      this.#value(test);
      code.action('Not');
      code.jumpIf(end);
    }
    this.#inside({ next, end }, () => this.#statement(body));
    code.place(next);
    if (update !== null) this.#discard(update);
    code.jump(start);
    code.place(end);
  }

  #doWhile({ body, test }) {
    const code = this.#code;
    const [start, next, end] = [code.newLabel(), code.newLabel(), code.newLabel()];
    code.place(start);
    this.#inside({ next, end }, () => this.#statement(body));
    code.place(next);
    this.#value(test);
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
    this.#value(node.right);
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
    this.#value(discriminant);
    code.storeRegister(0);
    code.action('Pop');
    for (const [place, { test }] of cases.entries()) {
      if (test === null) continue;
      // Anything that runs code could use the register, too.
      if (test.type !== 'Literal') throw unknown(test, 'a case that is no literal');
      code.pushRegister(0);
      this.#value(test);
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

  /** Code after which the value of an expression is on top of the stack. */
  #value(node) {
    const code = this.#code;
    switch (node.type) {
      case 'Literal':
        if (node.regex !== undefined) throw unknown(node, 'regular expression');
        return code.push(node.value);
      case 'Identifier':
        return node.name === 'undefined' ? code.push(undefined) : this.#variableNamed(node.name);
      case 'ThisExpression':
        return this.#variableNamed('this');
      case 'MemberExpression':
        this.#objectAndKey(node);
        return code.action('GetMember');
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#new(node);
      case 'AssignmentExpression':
        return this.#assignment(node, true);
      case 'UpdateExpression':
        return this.#update(node, true);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression':
        return this.#logical(node);
      case 'ConditionalExpression':
        return this.#conditional(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'FunctionExpression':
        return this.#defineFunction(node, '');
      case 'ArrayExpression':
        return this.#list(node.elements, 'InitArray');
      case 'ObjectExpression':
        return this.#object(node);
      default:
        throw unknown(node);
    }
  }

  /** Code that leaves the stack as it was. */
  #discard(node) {
    if (node.type === 'AssignmentExpression') return this.#assignment(node, false);
    if (node.type === 'UpdateExpression') return this.#update(node, false);
    if (isTrace(node)) return this.#trace(node);
    this.#value(node);
    this.#code.action('Pop');
  }

  #variableNamed(name) {
    this.#code.push(name);
    this.#code.action('GetVariable');
  }

  #objectAndKey({ object, property, computed }) {
    this.#value(object);
    if (computed) this.#value(property);
    else this.#code.push(property.name);
  }

  #call(node) {
    const { callee } = node;
    if (isTrace(node)) {
      this.#trace(node);
      return this.#code.push(undefined);
    }
    this.#arguments(node.arguments);
    if (callee.type === 'Identifier') {
      this.#code.push(callee.name);
      return this.#code.action('CallFunction');
    }
    if (callee.type !== 'MemberExpression') throw unknown(callee, 'call of an expression');
    this.#objectAndKey(callee);
    this.#code.action('CallMethod');
  }

  #trace(node) {
    this.#value(node.arguments[0]);
    this.#code.action('Trace');
  }

  #new({ callee, arguments: given }) {
    this.#arguments(given);
    if (callee.type === 'MemberExpression') {
      this.#objectAndKey(callee);
      return this.#code.action('NewMethod');
    }
    if (callee.type !== 'Identifier') throw unknown(callee);
    this.#code.push(callee.name);
    this.#code.action('NewObject');
  }

  #arguments(given) {
    for (const each of given.toReversed()) this.#value(each);
    this.#code.push(given.length);
  }

  #list(elements, action) {
    this.#arguments(elements);
    this.#code.action(action);
  }

  #object(node) {
    for (const { kind, key, value } of node.properties) {
      if (kind !== 'init') throw unknown(node, 'getter or setter');
      this.#code.push(key.name ?? String(key.value));
      this.#value(value);
    }
    this.#code.push(node.properties.length);
    this.#code.action('InitObject');
  }

  #assignment({ operator, left, right }, isWanted) {
    this.#assign(left, isWanted, () => {
      if (operator === '=') return this.#value(right);
      this.#value(left);
      this.#value(right);
      this.#code.action(binaryAction(left, operator.slice(0, -1)));
    });
  }

  #update({ operator, argument, prefix }, isWanted) {
    if (isWanted && !prefix) this.#value(argument);
    this.#assign(argument, isWanted && prefix, () => {
      this.#value(argument);
      this.#code.action(operator === '++' ? 'Increment' : 'Decrement');
    });
  }

  #assign(target, isWanted, writeValue) {
    const code = this.#code;
    if (target.type === 'Identifier') code.push(target.name);
    else if (target.type === 'MemberExpression') this.#objectAndKey(target);
    else throw unknown(target);
    writeValue();
    if (isWanted) code.storeRegister(0);
    code.action(target.type === 'Identifier' ? 'SetVariable' : 'SetMember');
    if (isWanted) code.pushRegister(0);
  }

  #binary({ operator, left, right }) {
    const opposite = OPPOSITES[operator];
    this.#value(left);
    this.#value(right);
    this.#code.action(binaryAction(left, opposite ?? operator));
    if (opposite !== undefined) this.#code.action('Not');
  }

  #logical({ operator, left, right }) {
    const code = this.#code;
    const end = code.newLabel();
    this.#value(left);
    code.action('PushDuplicate');
    if (operator === '&&') code.action('Not');
    code.jumpIf(end);
    code.action('Pop');
    this.#value(right);
    code.place(end);
  }

  #conditional({ test, consequent, alternate }) {
    const code = this.#code;
    const [then, end] = [code.newLabel(), code.newLabel()];
    this.#value(test);
    code.jumpIf(then);
    this.#value(alternate);
    code.jump(end);
    code.place(then);
    this.#value(consequent);
    code.place(end);
  }

  #unary(node) {
    const code = this.#code;
    const { operator, argument } = node;
    if (operator === 'delete') return this.#delete(argument);
    if (operator === '-') code.push(0);
    this.#value(argument);
    const action = { '!': 'Not', '-': 'Subtract', '+': 'ToNumber', typeof: 'TypeOf' }[operator];
    if (action === undefined) throw unknown(node);
    code.action(action);
  }

  #delete(argument) {
    if (argument.type !== 'MemberExpression') throw unknown(argument, 'delete of a variable');
    this.#objectAndKey(argument);
    this.#code.action('Delete');
  }

  #defineFunction({ params, body }, name) {
    const names = params.map((each) => each.name);
    this.#code.defineFunction(name, names, new Block(body.body).bytes());
  }
}

function isTrace({ type, callee }) {
  return type === 'CallExpression' && callee.type === 'Identifier' && callee.name === 'trace';
}

function binaryAction(node, operator) {
  const action = BINARY[operator];
  if (action === undefined) throw unknown(node, `operator ${operator}`);
  return action;
}

function unknown({ type, loc }, what = type) {
  return new Error(
    `line ${loc.start.line}, column ${loc.start.column + 1}: no support for ${what}`,
  );
}

const OPPOSITES = { '!=': '==', '!==': '===', '<=': '>', '>=': '<' };
const BINARY = {
  '+': 'Add2',
  '-': 'Subtract',
  '*': 'Multiply',
  '/': 'Divide',
  '%': 'Modulo',
  '==': 'Equals2',
  '===': 'StrictEquals',
  '<': 'Less2',
  '>': 'Greater',
  '&': 'BitAnd',
  '|': 'BitOr',
  '^': 'BitXor',
  '<<': 'BitLShift',
  '>>': 'BitRShift',
  '>>>': 'BitURShift',
  instanceof: 'InstanceOf',
};
const END_OF_ACTIONS = 0;
