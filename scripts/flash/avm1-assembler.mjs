/**
 * Writes the byte code of ActionScript 1: actions one after another, with labels for the jumps.
 * Numbers are the action codes of the SWF file format specification.
 */
export class Assembler {
  #bytes = [];
  #labels = [];
  #jumps = [];

  /** An action without operands, by its name in ACTIONS. */
  action(name) {
    const code = ACTIONS[name];
    if (code === undefined) throw new Error(`no action ${name}`);
    this.#bytes.push(code);
  }

  /** Pushes values, the last one ends up on top: strings, numbers, booleans, null, undefined. */
  push(...values) {
    this.#long(PUSH, values.flatMap(pushed));
  }

  pushRegister(register) {
    this.#long(PUSH, [4, register]);
  }

  storeRegister(register) {
    this.#long(STORE_REGISTER, [register]);
  }

  defineFunction(name, parameters, body) {
    if (body.length > LENGTH_MAX) throw new Error(`function ${name} is too long`);
    const names = parameters.flatMap(zeroTerminated);
    const head = [...zeroTerminated(name), ...uint16(parameters.length), ...names];
    this.#long(DEFINE_FUNCTION, [...head, ...uint16(body.length)]);
    for (const byte of body) this.#bytes.push(byte);
  }

  newLabel() {
    return this.#labels.push(null) - 1;
  }

  place(label) {
    this.#labels[label] = this.#bytes.length;
  }

  jump(label) {
    this.#jumpBy(JUMP, label);
  }

  /** Takes a value off the stack and jumps when it is true. */
  jumpIf(label) {
    this.#jumpBy(IF, label);
  }

  /** The finished code; every label that is jumped to must have a place. */
  toBytes() {
    const bytes = [...this.#bytes];
    for (const { at, label } of this.#jumps) {
      const distance = this.#labels[label] - (at + 2);
      if (Math.abs(distance) > JUMP_MAX) throw new Error('a jump is too far');
      bytes.splice(at, 2, ...uint16(distance & 0xffff));
    }
    return bytes;
  }

  #jumpBy(code, label) {
    this.#long(code, [0, 0]);
    this.#jumps.push({ at: this.#bytes.length - 2, label });
  }

  #long(code, operands) {
    if (operands.length > LENGTH_MAX) throw new Error('an action is too long');
    this.#bytes.push(code, ...uint16(operands.length), ...operands);
  }
}

function pushed(value) {
  if (value === null) return [2];
  if (value === undefined) return [3];
  if (typeof value === 'boolean') return [5, value ? 1 : 0];
  if (typeof value === 'string') return [0, ...zeroTerminated(value)];
  const isInteger = Number.isInteger(value) && (value | 0) === value && !Object.is(value, -0);
  return isInteger ? [7, ...int32(value)] : [6, ...double(value)];
}

function zeroTerminated(text) {
  if (text.includes('\0')) throw new Error('a string with a NUL cannot be written');
  return [...Buffer.from(text, 'utf8'), 0];
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

// The two halves of a double stand the other way round than on the machine.
function double(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes.subarray(4), ...bytes.subarray(0, 4)];
}

export function uint16(value) {
  return [value & 0xff, value >> 8];
}

const ACTIONS = {
  Subtract: 0x0b,
  Multiply: 0x0c,
  Divide: 0x0d,
  Not: 0x12,
  Pop: 0x17,
  GetVariable: 0x1c,
  SetVariable: 0x1d,
  Trace: 0x26,
  Delete: 0x3a,
  Delete2: 0x3b,
  DefineLocal: 0x3c,
  CallFunction: 0x3d,
  Return: 0x3e,
  Modulo: 0x3f,
  NewObject: 0x40,
  DefineLocal2: 0x41,
  InitArray: 0x42,
  InitObject: 0x43,
  TypeOf: 0x44,
  Add2: 0x47,
  Less2: 0x48,
  Equals2: 0x49,
  ToNumber: 0x4a,
  PushDuplicate: 0x4c,
  GetMember: 0x4e,
  SetMember: 0x4f,
  Increment: 0x50,
  Decrement: 0x51,
  CallMethod: 0x52,
  NewMethod: 0x53,
  InstanceOf: 0x54,
  Enumerate2: 0x55,
  BitAnd: 0x60,
  BitOr: 0x61,
  BitXor: 0x62,
  BitLShift: 0x63,
  BitRShift: 0x64,
  BitURShift: 0x65,
  StrictEquals: 0x66,
  Greater: 0x67,
};
const STORE_REGISTER = 0x87;
const PUSH = 0x96;
const JUMP = 0x99;
const DEFINE_FUNCTION = 0x9b;
const IF = 0x9d;
const LENGTH_MAX = 0xffff;
const JUMP_MAX = 0x7fff;
