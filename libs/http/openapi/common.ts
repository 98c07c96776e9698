/** What all routes have in common, described once. */

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

export const problems = {
  BadRequest: problem('The request cannot be read, or a header of it is malformed.'),
  Unauthenticated: problem('The token is missing, unknown, revoked or past its end.'),
  Forbidden: problem('The role of the token does not reach this far.'),
  NotFound: problem('Something that the address names does not exist.'),
  Conflict: problem('The present state does not allow it; `code` says which rule, `fix` what to do.'),
  PreconditionFailed: problem('What `If-Match` names has changed since: read it again.'),
  Invalid: problem(
    'A member is wrong (`details.errors` has JSON pointers), or the key was used for something else.',
  ),
  Unavailable: problem(
    'A store or a read model is behind or away: try again, under the same Idempotency-Key.',
  ),
};

export const etag = {
  description: 'Revision that touched the entity last, in quotes: for `If-Match` of the next change.',
  schema: { type: 'string' },
};

const decimal = { type: 'string', pattern: '^-?\\d{1,19}$' };

export const schemas = {
  Problem: {
    type: 'object',
    description: 'RFC 9457 with a stable code and how to mend it.',
    required: ['type', 'title', 'status', 'detail', 'code', 'fix'],
    properties: {
      type: { type: 'string', format: 'uri', description: '`urn:cios:problem:<context>:<what>`' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What is wrong, and where.' },
      code: { type: 'string', description: 'Stable: `<context>/<what>`.' },
      fix: { type: 'string', description: 'How to mend it.' },
      details: { type: 'object', additionalProperties: true },
      instance: { type: 'string', description: 'Of a fault: by which the log knows it.' },
    },
  },
  Answer: {
    type: 'object',
    description: 'What a command answers; some add members of their own.',
    required: ['position'],
    properties: {
      position: {
        ...decimal,
        description: 'Position in the log; pass it to a query as `after` to read what you wrote.',
      },
      revision: { ...decimal, description: 'Revision of the stream that was written.' },
      repeated: {
        type: 'boolean',
        description: 'True where the Idempotency-Key was known: this is the first answer.',
      },
    },
    additionalProperties: true,
  },
  Page: {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: { type: 'object', additionalProperties: true } },
      next: {
        type: 'string',
        description: 'Pass it as `cursor` for the next page; absent on the last one. Opaque.',
      },
    },
  },
};

export const securitySchemes = {
  bearer: {
    type: 'http' as const,
    scheme: 'bearer',
    description:
      'A token has one of the roles viewer, editor, operator, approver, admin, or regional (a Regional’s own); `x-required-role` is the least that an operation needs.',
  },
};
