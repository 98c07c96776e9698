import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Who this process is among Regionals. A process that starts again is another one, so that its predecessor's epoch ends. */
@Injectable()
export class RegionalIdentity {
  readonly name = `regional-${process.pid}-${randomUUID().slice(0, 8)}`;
}
