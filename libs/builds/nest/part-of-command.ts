import { type CommandContext } from '#libs/kernel';

/** The context of one step of a command that takes several: an id of its own, the same whenever the command is carried out again. */
export function part(context: CommandContext, step: string): CommandContext {
  return { ...context, commandId: `${context.commandId}/${step}`, causationId: context.commandId };
}
