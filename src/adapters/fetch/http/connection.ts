import { CliptideError } from '../../../domain/errors.ts';

interface Words {
  readonly what: string;
  readonly hint: string;
}

const away: Words = { what: 'the connection broke', hint: 'Try again; the server or the network has trouble.' };
const noHttp: Words = {
  what: 'its answer is no HTTP, or contradicts itself',
  hint: 'Check the address and its port; where both are right, the server or a proxy before it is at fault.',
};
const untrusted: Words = {
  what: 'its certificate is not trusted',
  hint: 'Check the address and the clock of this machine; NODE_EXTRA_CA_CERTS names a file of further authorities.',
};

/** What Node's codes mean to a person. */
const codes: Readonly<Record<string, Words>> = {
  ECONNREFUSED: { what: 'nothing answers there', hint: 'Check the address and its port, and that the server runs.' },
  ENOTFOUND: { what: 'there is no such host', hint: 'Check the address, and that this machine is online.' },
  EAI_AGAIN: { what: 'its name could not be looked up', hint: 'Check that this machine is online, and try again.' },
  EHOSTUNREACH: { what: 'there is no way to it', hint: 'Check the address and the network.' },
  ENETUNREACH: { what: 'there is no way to it', hint: 'Check the address and the network.' },
  EPROTO: {
    what: 'it does not speak TLS',
    hint: 'Check whether the address begins with http:// in place of https://.',
  },
  CERT_HAS_EXPIRED: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
};

/** A connection that failed, in words: `unavailable`; `media` where the answer's head is beyond all bounds. */
export function connectionError(error: Error & { readonly code?: unknown }, where: string): CliptideError {
  const code = String(error.code);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new CliptideError('media', `The head of the answer of ${where} is too large`, { where, cause: error });
  }
  const { what, hint } = code.startsWith('HPE_')
    ? noHttp
    : (codes[code.startsWith('ERR_SSL_') ? 'EPROTO' : code] ?? away);
  return new CliptideError('unavailable', `Connection to ${where} failed: ${what} (${code})`, {
    where,
    hint,
    cause: error,
  });
}

/** What Node says of a connection that the other side closed. */
export const closed = (): Error => Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' });
