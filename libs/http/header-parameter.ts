import { type ParamDecoratorEnhancer } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

/** Tells of a header in the OpenAPI document of every operation that takes the parameter. */
export function headerParameter(name: string, description: string): ParamDecoratorEnhancer {
  const decorate = ApiHeader({ name, description, required: false });
  return (target, key) => {
    if (key === undefined) return;
    const handler = Object.getOwnPropertyDescriptor(target, key);
    if (handler) decorate(target, key, handler);
  };
}
