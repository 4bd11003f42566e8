import { createInbox, headers, type Msg, type Subscription } from 'nats';
import type { Trace } from '../domain/trace.ts';
import type { BusConnection } from './bus-connection.ts';
import { traceIn } from './trace-header.ts';

/** A message that was received: a command to answer, or something that others tell. */
export interface Received {
  readonly subject: string;
  /** Where the answer goes, another one for each request; empty when nobody waits for an answer. */
  readonly reply: string;
  /** The JSON it holds, or undefined when it is no JSON. */
  readonly body: unknown;
  /** The trace that it belongs to, or null. */
  readonly trace: Trace | null;
  /**
   * Answers the sender; does nothing when nobody waits for an answer or NATS is away. It answers to
   * inboxes only. Throws `BusError` `STORE` for an answer that is longer than the server takes.
   */
  respond(body: unknown): void;
}

/**
 * Receives messages of a subject. With `queue`, each goes to one of the processes that share the
 * name. The handler is synchronous and does not throw. Returns a function that ends it.
 */
export function receive(
  bus: BusConnection,
  subject: string,
  handler: (message: Received) => void,
  queue?: string,
): () => void {
  const subscription: Subscription = bus.nc.subscribe(subject, {
    ...(queue === undefined ? {} : { queue }),
    callback: (error, message) => {
      if (error === null) handler(received(bus, message));
    },
  });
  return () => subscription.unsubscribe();
}

/**
 * Tells everybody who listens. Nothing is kept: lost when NATS is away. Throws `BusError` `STORE` for
 * what is longer than the server takes.
 */
export function tell(bus: BusConnection, subject: string, body: unknown): void {
  if (bus.status === 'connected') bus.publish(subject, JSON.stringify(body));
}

/**
 * Publishes so that the server has it, through lost connections: then it may have it twice, under the same
 * message id. Throws `BusError` when NATS is away for longer than `waitMs`.
 */
export async function publishOnce(
  bus: BusConnection,
  subject: string,
  payload: string,
  { messageId, waitMs }: { readonly messageId: string; readonly waitMs: number },
): Promise<void> {
  const withId = headers();
  withId.set('Nats-Msg-Id', messageId);
  const deadline = performance.now() + waitMs;
  for (let isThere = false; !isThere; ) {
    await bus.whenConnected(Math.max(1, deadline - performance.now()));
    bus.publish(subject, payload, { headers: withId });
    isThere = await bus.nc.flush().then(
      () => true,
      () => false,
    );
  }
}

/** Asks everybody who listens and gathers their answers for `waitMs`, or until `enough` says so. */
export async function gather(
  bus: BusConnection,
  subject: string,
  body: unknown,
  waitMs: number,
  enough: (answers: readonly unknown[]) => boolean = () => false,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  await ask(bus, subject, body, waitMs, (answer) => {
    answers.push(answer);
    return enough(answers);
  });
  return answers;
}

/**
 * Asks everybody who listens. `onAnswer` gets each answer as it comes, and ends the waiting by true;
 * it ends after `waitMs` in any case, and at once when nobody listens or NATS is away.
 */
export async function ask(
  bus: BusConnection,
  subject: string,
  body: unknown,
  waitMs: number,
  onAnswer: (answer: unknown) => boolean,
): Promise<void> {
  if (bus.status !== 'connected') return;
  await new Promise<void>((resolve) => {
    const inbox = createInbox();
    const settle = () => {
      clearTimeout(timer);
      subscription.unsubscribe();
      resolve();
    };
    const timer = setTimeout(settle, waitMs);
    const subscription = bus.nc.subscribe(inbox, {
      callback: (error, message) => {
        if (message.headers?.code === 503) return settle();
        if (error === null && onAnswer(parse(message))) settle();
      },
    });
    bus.publish(subject, JSON.stringify(body), { reply: inbox });
  });
}

function received(bus: BusConnection, message: Msg): Received {
  return {
    subject: message.subject,
    reply: message.reply ?? '',
    body: parse(message),
    trace: traceIn(message.headers),
    respond: (body) => {
      if (message.reply !== undefined && INBOX.test(message.reply)) tell(bus, message.reply, body);
    },
  };
}

// Of a client, or of the server for a client in another account. Whoever could have answers sent to
// any subject would publish with the rights of the one who answers: into the log, say.
const INBOX = /^(_INBOX|_R_)\./;

function parse(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    // The receiver's schema refuses undefined, in the form of its own refusal.
    return undefined;
  }
}
