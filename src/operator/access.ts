import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { cookieOf, HttpError, isFromOwnPage } from './http.ts';
import { isFormOf, type Logins, type OperatorLogin } from './logins.ts';

export interface AccessOptions {
  /** Only this machine can reach the pages. */
  readonly onLoopback: boolean;
  /** Nobody sees anything without a login, also on this machine. */
  readonly loginNeeded: boolean;
}

/** Who may see and do what on the operator's pages. */
export class Access {
  readonly #logins: Logins;
  readonly #options: AccessOptions;

  constructor(logins: Logins, options: AccessOptions) {
    this.#logins = logins;
    this.#options = options;
  }

  /** Throws `HttpError` for a name of this machine that somebody else made up: DNS rebinding. */
  checkHost({ headers }: IncomingMessage): void {
    if (!this.#options.onLoopback) return;
    const name = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    if (!isLoopbackName(name)) throw new HttpError(421, 'Ask for 127.0.0.1 or localhost.');
  }

  loginOf(request: IncomingMessage): OperatorLogin | null {
    return this.#logins.find(cookieOf(request, COOKIE));
  }

  /** Whether somebody may look. */
  mayLook(login: OperatorLogin | null): boolean {
    return login !== null || (this.#options.onLoopback && !this.#options.loginNeeded);
  }

  /** Who acts. Throws `HttpError` unless a page of ours sent the form of one who is logged in. */
  actor(request: IncomingMessage, form: URLSearchParams): OperatorLogin {
    const login = this.loginOf(request);
    if (login === null) throw new HttpError(403, 'Log in first.');
    if (!isFromOwnPage(request) || !isFormOf(login, form.get('form-key'))) {
      throw new HttpError(403, 'That form is not of this page. Go back and load it anew.');
    }
    return login;
  }

  end(request: IncomingMessage): void {
    const secret = cookieOf(request, COOKIE);
    if (secret !== null) this.#logins.end(secret);
  }
}

export function setCookie(secret: string, maxAgeSeconds: number): string {
  return `${COOKIE}=${secret}; Path=/operator; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
}

/** Whether an address or name is of this machine alone. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

const COOKIE = 'xmlsocket-relay-operator';
