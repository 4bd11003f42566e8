/**
 * Writes the code of expressions. `compileBody` makes the code of the statements of a function.
 */
export class Expressions {
  #code;
  #compileBody;

  constructor(code, compileBody) {
    this.#code = code;
    this.#compileBody = compileBody;
  }

  /** Code after which the value of an expression is on top of the stack. */
  value(node) {
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
        return this.defineFunction(node, '');
      case 'ArrayExpression':
        return this.#list(node.elements, 'InitArray');
      case 'ObjectExpression':
        return this.#object(node);
      default:
        throw unknown(node);
    }
  }

  /** Code that leaves the stack as it was. */
  discard(node) {
    if (node.type === 'AssignmentExpression') return this.#assignment(node, false);
    if (node.type === 'UpdateExpression') return this.#update(node, false);
    if (isTrace(node)) return this.#trace(node);
    this.value(node);
    this.#code.action('Pop');
  }

  #variableNamed(name) {
    this.#code.push(name);
    this.#code.action('GetVariable');
  }

  #objectAndKey({ object, property, computed }) {
    this.value(object);
    if (computed) this.value(property);
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
    this.value(node.arguments[0]);
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
    for (const each of given.toReversed()) this.value(each);
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
      this.value(value);
    }
    this.#code.push(node.properties.length);
    this.#code.action('InitObject');
  }

  #assignment({ operator, left, right }, isWanted) {
    this.#assign(left, isWanted, () => {
      if (operator === '=') return this.value(right);
      this.value(left);
      this.value(right);
      this.#code.action(binaryAction(left, operator.slice(0, -1)));
    });
  }

  #update({ operator, argument, prefix }, isWanted) {
    if (isWanted && !prefix) this.value(argument);
    this.#assign(argument, isWanted && prefix, () => {
      this.value(argument);
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
    this.value(left);
    this.value(right);
    this.#code.action(binaryAction(left, opposite ?? operator));
    if (opposite !== undefined) this.#code.action('Not');
  }

  #logical({ operator, left, right }) {
    const code = this.#code;
    const end = code.newLabel();
    this.value(left);
    code.action('PushDuplicate');
    if (operator === '&&') code.action('Not');
    code.jumpIf(end);
    code.action('Pop');
    this.value(right);
    code.place(end);
  }

  #conditional({ test, consequent, alternate }) {
    const code = this.#code;
    const [then, end] = [code.newLabel(), code.newLabel()];
    this.value(test);
    code.jumpIf(then);
    this.value(alternate);
    code.jump(end);
    code.place(then);
    this.value(consequent);
    code.place(end);
  }

  #unary(node) {
    const code = this.#code;
    const { operator, argument } = node;
    if (operator === 'delete') return this.#delete(argument);
    if (operator === '-') code.push(0);
    this.value(argument);
    const action = { '!': 'Not', '-': 'Subtract', '+': 'ToNumber', typeof: 'TypeOf' }[operator];
    if (action === undefined) throw unknown(node);
    code.action(action);
  }

  #delete(argument) {
    if (argument.type !== 'MemberExpression') throw unknown(argument, 'delete of a variable');
    this.#objectAndKey(argument);
    this.#code.action('Delete');
  }

  defineFunction({ params, body }, name) {
    const names = params.map((each) => each.name);
    this.#code.defineFunction(name, names, this.#compileBody(body.body));
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

/** An error that says where something stands for which there is no support. */
export function unknown({ type, loc }, what = type) {
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
