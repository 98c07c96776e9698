import { Readable } from 'node:stream';
import { type ArgumentMetadata, ValidationPipe, type ValidationError } from '@nestjs/common';
import { refuse, Refused } from '#libs/kernel';

/** The one pipe for requests: unknown members are refused, and every error says where it is (a JSON pointer) and what was expected. */
export function requestValidation(): ValidationPipe {
  return new RequestValidation({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const problems = errors.flatMap((error) => flatten(error, ''));
      const detail = problems.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
      return new Refused(
        refuse('request/invalid', detail, {
          fix: 'correct the members named; the OpenAPI document describes them',
          details: { errors: problems },
        }),
      );
    },
  });
}

class RequestValidation extends ValidationPipe {
  /** Bytes are no DTO, and copying a stream member by member, as the pipe would, ends the process. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (value instanceof Readable)
      throw new Refused(
        refuse('request/unsupported-media-type', 'this takes JSON, not bytes', {
          fix: 'send `Content-Type: application/json`',
        }),
      );
    return super.transform(value, metadata);
  }
}

function flatten(
  { property, constraints, children }: ValidationError,
  above: string,
): { readonly pointer: string; readonly message: string }[] {
  const pointer = `${above}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...Object.values(constraints ?? {}).map((message) => ({ pointer, message })),
    ...(children ?? []).flatMap((child) => flatten(child, pointer)),
  ];
}
